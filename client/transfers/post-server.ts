// Serves posts over HTTP (POST-17). It reads requests, the engine decides, and it answers with bytes from the disk.

import type { TLSSocket } from 'node:tls';
import { LIMITS } from '../../protocols/kit/limits.js';
import { assertNever } from '../../protocols/kit/machine.js';
import { Refusal, refusalStatus, refusalText } from '../../protocols/kit/refusals.js';
import { fromBase64url, viewOf } from '../../protocols/kit/bytes.js';
import { readGrantHeader } from '../../protocols/posts/grant.js';
import { resolveRange, type ByteRange } from '../../protocols/posts/ranges.js';
import { HttpListener, type IncomingMessage, type ServerResponse } from '../../runtime/transfer/http-listener.js';
import { SentFile } from '../../runtime/transfer/sent-file.js';
import type { PostEffect, PostInput, ServedPost } from '../engine/core/post-io.js';
import { GRANT_HEADER } from './fetch-plan.js';
import type { OwnCopies } from './own-copies.js';

export type PostServerEffect = Extract<PostEffect, { type: 'post_serve' | 'post_refuse' | 'post_stop' }>;

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const PATH = /^\/posts\/([A-Za-z0-9_-]{22})$/;

export class PostServer {
  private readonly listener = new HttpListener((request, response, peerKey) => this.asked(request, response, peerKey));
  private readonly open = new Map<number, Asked>();
  /** Responses that are being sent. */
  private readonly answering = new Map<number, ServerResponse>();
  private lastNumber = 0;

  constructor(
    private readonly put: (input: PostInput) => void,
    private readonly copyOf: (id: string) => string,
    private readonly copies: OwnCopies,
  ) {}

  /** A new TLS connection of a friend, whose device has this key. */
  opened(socket: TLSSocket, peerKey: string): void {
    if (!this.listener.accept(socket, peerKey)) socket.destroy();
  }

  perform(effect: PostServerEffect): void {
    switch (effect.type) {
      case 'post_serve':
        return void this.serve(effect.request, effect.post);
      case 'post_refuse':
        return this.refuse(effect.request, effect.refusal);
      case 'post_stop':
        return void this.answering.get(effect.request)?.destroy();
      default:
        return assertNever(effect);
    }
  }

  close(): void {
    this.listener.close();
  }

  private asked(request: IncomingMessage, response: ServerResponse, peerKey: string): void {
    // A pipelined request: its response would wait for the first one, and stay after the connection has ended.
    if (response.socket === null) return void request.socket.destroy();
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead) {
      response.setHeader('Allow', 'GET, HEAD');
      return answer(response, new Refusal('POST_METHOD_UNKNOWN', request.method ?? ''));
    }
    const [, id] = PATH.exec(request.url ?? '') ?? [];
    if (id === undefined) return answer(response, new Refusal('POST_UNKNOWN', 'under that address'));
    this.lastNumber += 1;
    const number = this.lastNumber;
    this.open.set(number, { request, response });
    const shown = request.headers[GRANT_HEADER];
    const grant = typeof shown === 'string' ? readGrantHeader(shown) : null;
    this.put({ type: 'post_asked', request: number, peerKey, id, grant });
  }

  private refuse(number: number, refusal: Refusal): void {
    const asked = this.open.get(number);
    this.open.delete(number);
    if (asked) answer(asked.response, refusal);
  }

  private async serve(number: number, post: ServedPost): Promise<void> {
    const asked = this.open.get(number);
    this.open.delete(number);
    if (asked) this.answering.set(number, asked.response);
    try {
      if (asked && !asked.response.destroyed) await this.send(asked, post);
    } catch {
      asked?.response.destroy(); // a disk error in the middle: the client notices the missing bytes
    } finally {
      this.answering.delete(number);
      this.put({ type: 'post_served', request: number });
    }
  }

  private async send(asked: Asked, post: ServedPost): Promise<void> {
    const { bytes } = post;
    if (bytes.at === 'text') return sendText(asked, post, bytes.text);
    const path = bytes.at === 'posts' ? this.copyOf(post.id) : bytes.path;
    const file = await SentFile.open(path).catch(() => null);
    if (file === null) return this.missing(asked, post);
    try {
      if (!(await this.isRight(file, post))) return this.missing(asked, post);
      const piece = begin(asked, post);
      if (piece === null) return;
      // The last byte leaves only if no other could be wrong: then the friend asks again, and learns that it is gone.
      const last = piece.end - 1;
      const isSent = await file.send(piece.start, last, asked.response);
      const isUnchanged = await file.isUnchanged();
      if (!isUnchanged) this.put({ type: 'post_missing', post: { author: post.author, id: post.id } });
      if (isSent && isUnchanged && (await file.send(last, piece.end, asked.response))) asked.response.end();
      else asked.response.destroy();
    } finally {
      await file.close();
    }
  }

  private async isRight(file: SentFile, { id, size, sha256, bytes }: ServedPost): Promise<boolean> {
    if (file.size !== size) return false;
    return bytes.at === 'path' ? file.stamp === bytes.stamp : this.copies.isRight(id, file, sha256);
  }

  private missing({ response }: Asked, { author, id }: ServedPost): void {
    this.put({ type: 'post_missing', post: { author, id } });
    answer(response, new Refusal('POST_UNKNOWN', id));
  }
}

/** Writes the head. Gives the byte range to send after it; null for none. */
function begin({ request, response }: Asked, post: ServedPost): ByteRange | null {
  const etag = `"${post.sha256}"`;
  const { range, 'if-range': ifRange } = request.headers;
  const isHead = request.method === 'HEAD';
  const tag = typeof ifRange === 'string' ? ifRange : undefined;
  const meaning = isHead ? 'whole' : resolveRange({ range, ifRange: tag, etag, size: post.size });
  for (const [name, value] of Object.entries(headersOf(post, etag))) response.setHeader(name, value);
  if (meaning === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${post.size}`, 'Content-Length': 0 }).end();
    return null;
  }
  const piece = meaning === 'whole' ? { start: 0, end: post.size } : meaning;
  response.setHeader('Content-Length', piece.end - piece.start);
  if (meaning === 'whole') response.writeHead(200);
  else response.writeHead(206, { 'Content-Range': `bytes ${piece.start}-${piece.end - 1}/${post.size}` });
  if (!isHead && piece.end > piece.start) return piece;
  response.end();
  return null;
}

function headersOf(post: ServedPost, etag: string): Record<string, string> {
  return {
    'Content-Type': post.type,
    ETag: etag,
    'Accept-Ranges': 'bytes',
    'Last-Modified': new Date(post.at).toUTCString(),
    'Repr-Digest': `sha-256=:${Buffer.from(fromBase64url(post.sha256) ?? []).toString('base64')}:`,
    // A browser saves the file instead of showing it, whatever its type.
    'Content-Disposition': `attachment; filename="${post.id}"`,
    'X-Content-Type-Options': 'nosniff',
  };
}

function sendText(asked: Asked, post: ServedPost, text: string): void {
  const piece = begin(asked, post);
  if (piece) asked.response.end(viewOf(Buffer.from(text), piece.start, piece.end));
}

function answer(response: ServerResponse, refusal: Refusal): void {
  const body = JSON.stringify({ code: refusal.code, message: refusalText(refusal) });
  const status = refusalStatus(refusal.code);
  if (status === 429) response.setHeader('Retry-After', LIMITS.postRetryFirstMs / 1_000);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
