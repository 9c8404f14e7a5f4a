// One fetch: asks a source for the missing bytes of a file, checks the response against the manifest, and appends the
// bytes to the part file.

import { viewOf } from '../../protocols/kit/bytes.js';
import { dirname } from 'node:path';
import { LIMITS } from '../../protocols/kit/limits.js';
import { assert } from '../../protocols/kit/machine.js';
import type { RefusalCode } from '../../protocols/kit/refusals.js';
import type { FetchFailure } from '../../protocols/posts/download.js';
import { readResponseHead, type ResponseHead } from '../../protocols/posts/response-head.js';
import { importSecret } from '../../runtime/crypto.js';
import { makeFolders, removeFile } from '../../runtime/disk/folder.js';
import { requireFreeSpace } from '../../runtime/disk/space/free-space.js';
import { openByteStream, type ByteStream } from '../../runtime/transfer/byte-stream.js';
import { PartFile } from '../../runtime/transfer/part-file.js';
import { explainError } from '../../runtime/operational-error.js';
import type { FetchTarget } from '../engine/core/post-io.js';
import { refuseTarget } from './download-target.js';
import { GRANT_HEADER, type FetchEvent, type FetchPlan } from './fetch-plan.js';

interface FetchError {
  readonly failure: FetchFailure;
  readonly why: string;
}

/** `skip`: the leading bytes of the body that the part file has already. */
type CheckedResponse = { skip: number } | FetchError;

const TARGET_FAILURES: Partial<Record<RefusalCode, FetchFailure>> = {
  FILE_EXISTS: 'target_exists',
  TARGET_NO_FILE: 'target_no_file',
};
const NOTHING = new Uint8Array(0);

export class Fetch {
  private part: PartFile | null = null;
  private stream: ByteStream | null = null;
  private head: Uint8Array | null = NOTHING;
  private skip = 0;
  private isStopped = false;
  private settle: (end: FetchError | null) => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly plan: FetchPlan,
    private readonly report: (event: FetchEvent) => void,
  ) {}

  /** Settles after the last event. */
  async run(): Promise<void> {
    if (this.isStopped) return;
    const { fetch, path } = this.plan;
    const end = await this.attempt(this.plan).catch((error: unknown): FetchError => {
      return { failure: 'disk_error', why: explainError(error, path) };
    });
    clearInterval(this.timer);
    this.stream?.close();
    const received = this.part?.written ?? 0;
    await this.part?.close();
    // Removed here and at once: on a full disk the engine cannot store a decision about it.
    if (end?.failure === 'disk_error') removeFile(path);
    if (this.isStopped) return;
    if (end === null) this.report({ type: 'fetch_done', fetch });
    else this.report({ type: 'fetch_ended', fetch, received, ...end });
  }

  stop(): void {
    this.isStopped = true;
    this.settle({ failure: 'interrupted', why: 'the download was stopped.' });
  }

  /** Null once the file is complete and its hash is right. */
  private async attempt({ path, size, startsOver, target }: FetchPlan): Promise<FetchError | null> {
    makeFolders(dirname(path));
    if (startsOver) removeFile(path);
    this.part = await PartFile.open(path, size);
    this.progress();
    if (this.part.taken < size) {
      const refusal = target && (await this.refuseTarget(target, size - this.part.taken));
      if (refusal) return refusal;
      await requireFreeSpace(dirname(path), size - this.part.taken);
      const end = await this.receive(this.part);
      await this.part.settle();
      if (end !== null) return end;
    }
    this.progress();
    const sha256 = await this.part.finish();
    return sha256 === this.plan.sha256
      ? null
      : { failure: 'wrong_hash', why: 'the file is not the one its author signed.' };
  }

  private async refuseTarget({ path: to, force }: FetchTarget, bytes: number): Promise<FetchError | null> {
    const refusal = await refuseTarget(to, force, { folder: dirname(this.plan.path), bytes });
    return refusal && { failure: TARGET_FAILURES[refusal.code] ?? 'target_trouble', why: refusal.about };
  }

  /** Settles with null once the last byte is in the part file's queue. */
  private async receive(part: PartFile): Promise<FetchError | null> {
    if (this.isStopped) return { failure: 'interrupted', why: 'the download was stopped.' };
    const over = new Promise<FetchError | null>((settle) => (this.settle = settle));
    const { device: listener, record, secret, endpoints } = this.plan;
    const device = importSecret('ed25519', secret);
    assert(device !== null, 'the plan carries our device key');
    const stream = await openByteStream(endpoints, {
      knock: { device, record, listener },
      request: this.request(part.taken),
      onBytes: (bytes) => this.onBytes(part, bytes),
      onEnd: (why) => this.settle({ failure: 'interrupted', why: why ?? 'the other side closed the connection.' }),
    });
    if (typeof stream === 'string') return { failure: 'interrupted', why: stream };
    this.stream = stream;
    this.timer = setInterval(() => this.checkDisk(part), LIMITS.postProgressMs);
    return over;
  }

  private request(from: number): string {
    const { id, sha256, grant } = this.plan;
    const lines = [`GET /posts/${id} HTTP/1.1`, 'Host: kith', 'Connection: close'];
    if (from > 0) lines.push(`Range: bytes=${from}-`, `If-Range: "${sha256}"`);
    if (grant !== null) lines.push(`${GRANT_HEADER}: ${grant}`);
    return `${lines.join('\r\n')}\r\n\r\n`;
  }

  private onBytes(part: PartFile, bytes: Uint8Array): void {
    if (this.head === null) return this.take(part, bytes);
    this.head = Buffer.concat([this.head, bytes]);
    const head = readResponseHead(this.head);
    if (head === null) return;
    const checked = checkResponse(head, { from: part.taken, ...this.plan });
    if ('failure' in checked) return this.settle(checked);
    const body = viewOf(this.head, head === 'malformed' ? 0 : head.headBytes);
    this.head = null;
    this.skip = checked.skip;
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

  /** Reports progress, and stops before other writers and this one fill the disk. */
  private checkDisk(part: PartFile): void {
    const { path, size } = this.plan;
    this.progress();
    requireFreeSpace(dirname(path), size - part.taken).catch((error: unknown) => {
      this.settle({ failure: 'disk_error', why: explainError(error, path) });
    });
  }

  private progress(): void {
    const { fetch } = this.plan;
    if (!this.isStopped) this.report({ type: 'fetch_progress', fetch, received: this.part?.written ?? 0 });
  }
}

const BUSY: FetchError = { failure: 'interrupted', why: 'the other side is busy.' };
const WRONG_FILE: FetchError = {
  failure: 'wrong_headers',
  why: 'the other side sent another file than the announced one.',
};

/** `from`: the first byte of the requested range. */
function checkResponse(
  head: ResponseHead | 'malformed',
  { from, size, sha256 }: { from: number; size: number; sha256: string },
): CheckedResponse {
  if (head === 'malformed') return WRONG_FILE;
  const { status, length, etag, start, total } = head;
  if (status === 404 || status === 410)
    return { failure: 'not_found', why: 'the other side does not have the file any more.' };
  if (status === 429 || status >= 500) return BUSY;
  if (etag !== `"${sha256}"`) return WRONG_FILE;
  if (status === 200) return length === size ? { skip: from } : WRONG_FILE;
  const isRight = status === 206 && from > 0 && start === from && total === size && length === size - from;
  return isRight ? { skip: 0 } : WRONG_FILE;
}
