// One fetch: asks a source for what is missing of a file, believes only what the manifest says, and writes as it comes.

import { viewOf } from '../../protocols/kit/bytes.js';
import { dirname } from 'node:path';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { FetchFailure } from '../../protocols/posts/download.js';
import { readResponseHead, type ResponseHead } from '../../protocols/posts/response-head.js';
import { exists, makeFolders, removeFile } from '../../runtime/disk/folder.js';
import { requireFreeSpace } from '../../runtime/disk/free-space.js';
import { openByteStream, type ByteStream } from '../../runtime/transfer/byte-stream.js';
import { PartFile } from '../../runtime/transfer/part-file.js';
import { explainError } from '../../runtime/operational-error.js';
import { GRANT_HEADER, type FetchEvent, type FetchPlan } from './fetch-plan.js';

interface End {
  readonly failure: FetchFailure;
  readonly why: string;
}

/** What happens to the bytes of an answer: `skip` of them are there already; or why there are none. */
type Judged = { skip: number } | End;

const NOTHING = new Uint8Array(0);

export class Fetch {
  private part: PartFile | null = null;
  private stream: ByteStream | null = null;
  private head: Uint8Array | null = NOTHING;
  private skip = 0;
  private isStopped = false;
  private settle: (end: End | null) => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly plan: FetchPlan,
    private readonly tell: (news: FetchEvent) => void,
  ) {}

  /** Settles once there is nothing more to tell. */
  async run(): Promise<void> {
    if (this.isStopped) return;
    const { fetch, path } = this.plan;
    const end = await this.attempt(this.plan).catch((error: unknown): End => {
      return { failure: 'disk_error', why: explainError(error, path) };
    });
    clearInterval(this.timer);
    this.stream?.close();
    const received = this.part?.written ?? 0;
    await this.part?.close();
    // At once: on a full disk nothing could be decided about it.
    if (end?.failure === 'disk_error') removeFile(path);
    if (this.isStopped) return;
    if (end === null) this.tell({ type: 'fetch_done', fetch });
    else this.tell({ type: 'fetch_ended', fetch, received, ...end });
  }

  stop(): void {
    this.isStopped = true;
    this.settle({ failure: 'interrupted', why: 'it was stopped.' });
  }

  /** Null once the whole file is there and is what it should be. */
  private async attempt({ path, size, isAnew, unless }: FetchPlan): Promise<End | null> {
    makeFolders(dirname(path));
    if (isAnew) removeFile(path);
    this.part = await PartFile.open(path, size);
    this.progress();
    if (this.part.taken < size) {
      if (unless !== null && exists(unless)) return { failure: 'target_exists', why: unless };
      await requireFreeSpace(dirname(path), size - this.part.taken);
      const end = await this.receive(this.part);
      await this.part.settle();
      if (end !== null) return end;
    }
    this.progress();
    const sha256 = await this.part.finish();
    return sha256 === this.plan.sha256
      ? null
      : { failure: 'wrong_hash', why: 'the bytes are not what the author signed.' };
  }

  /** Settles with null once the last byte was taken. */
  private async receive(part: PartFile): Promise<End | null> {
    if (this.isStopped) return { failure: 'interrupted', why: 'it was stopped.' };
    const over = new Promise<End | null>((settle) => (this.settle = settle));
    const { certificate, devices, endpoints } = this.plan;
    const stream = await openByteStream(endpoints, {
      certificate,
      accepts: (peerKey) => devices.includes(peerKey),
      request: this.request(part.taken),
      onBytes: (bytes) => this.heard(part, bytes),
      onEnd: (why) => this.settle({ failure: 'interrupted', why: why ?? 'the other side broke off.' }),
    });
    if (typeof stream === 'string') return { failure: 'interrupted', why: stream };
    this.stream = stream;
    this.timer = setInterval(() => this.lookAround(part), LIMITS.postProgressMs);
    return over;
  }

  private request(from: number): string {
    const { id, sha256, grant } = this.plan;
    const lines = [`GET /posts/${id} HTTP/1.1`, 'Host: kith', 'Connection: close'];
    if (from > 0) lines.push(`Range: bytes=${from}-`, `If-Range: "${sha256}"`);
    if (grant !== null) lines.push(`${GRANT_HEADER}: ${grant}`);
    return `${lines.join('\r\n')}\r\n\r\n`;
  }

  private heard(part: PartFile, bytes: Uint8Array): void {
    if (this.head === null) return this.take(part, bytes);
    this.head = Buffer.concat([this.head, bytes]);
    const head = readResponseHead(this.head);
    if (head === null) return;
    const judged = judge(head, { from: part.taken, ...this.plan });
    if ('failure' in judged) return this.settle(judged);
    const body = viewOf(this.head, head === 'malformed' ? 0 : head.headBytes);
    this.head = null;
    this.skip = judged.skip;
    this.take(part, body);
  }

  private take(part: PartFile, bytes: Uint8Array): void {
    const skipped = Math.min(this.skip, bytes.length);
    this.skip -= skipped;
    part.take(viewOf(bytes, skipped, skipped + this.plan.size - part.taken));
    if (part.taken === this.plan.size) return this.settle(null);
    if (!part.isBehind) return;
    this.stream?.pause();
    part.drained().then(
      () => this.stream?.resume(),
      (error: unknown) => this.settle({ failure: 'disk_error', why: explainError(error, this.plan.path) }),
    );
  }

  /** Others write to the disk as well, and its last bytes are not for posts. */
  private lookAround(part: PartFile): void {
    const { path, size } = this.plan;
    this.progress();
    requireFreeSpace(dirname(path), size - part.taken).catch((error: unknown) => {
      this.settle({ failure: 'disk_error', why: explainError(error, path) });
    });
  }

  private progress(): void {
    const { fetch } = this.plan;
    if (!this.isStopped) this.tell({ type: 'fetch_came', fetch, received: this.part?.written ?? 0 });
  }
}

const BUSY: End = { failure: 'interrupted', why: 'too many ask there now.' };
const LIED: End = { failure: 'wrong_headers', why: 'the answer is not about the file that was announced.' };

/** `from`: the first byte that was asked for. */
function judge(
  head: ResponseHead | 'malformed',
  { from, size, sha256 }: { from: number; size: number; sha256: string },
): Judged {
  if (head === 'malformed') return LIED;
  const { status, length, etag, start, total } = head;
  if (status === 404 || status === 410) return { failure: 'not_found', why: 'they do not have the file any more.' };
  if (status === 429 || status >= 500) return BUSY;
  if (etag !== `"${sha256}"`) return LIED;
  if (status === 200) return length === size ? { skip: from } : LIED;
  const isRight = status === 206 && from > 0 && start === from && total === size && length === size - from;
  return isRight ? { skip: 0 } : LIED;
}
