// One fetch from each kind of source: honest, interrupted at any byte, with wrong sizes, with wrong bytes.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Fetch } from '../../../client/transfers/fetch.js';
import type { FetchEvent, FetchPlan } from '../../../client/transfers/fetch-plan.js';
import { exportSecret, makeSigningKey } from '../../../runtime/crypto.js';
import { bob } from '../../runtime/link/knocks.js';
import { temporaryDirectory } from '../../runtime/disk/temporary.js';
import { honestly, listenAs, type Answerer, type Source } from './source.js';

const CONTENT = randomBytes(700_000);
const SHA256 = createHash('sha256').update(CONTENT).digest('base64url');
const { record } = bob;
const secret = exportSecret(bob.device);

interface FetchSetup {
  readonly source: Source;
  readonly path: string;
  readonly fetch: (changes?: Partial<FetchPlan>) => Promise<FetchEvent | undefined>;
}

async function setUp(context: TestContext, answer: Answerer): Promise<FetchSetup> {
  const source = await listenAs(context, answer);
  const path = join(temporaryDirectory(context), 'part');
  const fetch = async (changes: Partial<FetchPlan> = {}): Promise<FetchEvent | undefined> => {
    const news: FetchEvent[] = [];
    const where = { endpoints: [source.endpoint], device: source.keys, record, secret };
    const post = {
      id: 'A'.repeat(22),
      size: CONTENT.length,
      sha256: SHA256,
      path,
      startsOver: false,
      target: null,
      grant: null,
    };
    await new Fetch({ fetch: 1, ...post, ...where, ...changes }, (one) => news.push(one)).run();
    return news.at(-1);
  };
  return { source, path, fetch };
}

function failureOf(news: FetchEvent | undefined): string {
  return news?.type === 'fetch_ended' ? news.failure : (news?.type ?? 'nothing');
}

test('[POST-21] the whole file is fetched, hashed and written', async (t) => {
  const { fetch, path, source } = await setUp(t, honestly(CONTENT, SHA256));
  assert.equal(failureOf(await fetch()), 'fetch_done');
  assert.ok(readFileSync(path).equals(CONTENT));
  assert.match(source.requests[0] ?? '', /^GET \/posts\/A{22} HTTP\/1\.1\r\n/);
  assert.doesNotMatch(source.requests[0] ?? '', /Range/);
});

test('[POST-21] bytes that are on disk are not requested again, wherever the connection broke', async (t) => {
  for (const cut of [0, 1, 65_536, 262_143, 262_144, 500_001, CONTENT.length - 1]) {
    const { fetch, path, source } = await setUp(t, (socket, text) => {
      honestly(CONTENT, SHA256, source.requests.length === 1 ? cut : Infinity)(socket, text);
    });
    assert.equal(failureOf(await fetch()), 'interrupted', `cut after ${cut}`);
    assert.equal(readFileSync(path).length, cut);
    assert.equal(failureOf(await fetch()), 'fetch_done');
    assert.ok(readFileSync(path).equals(CONTENT));
    const asked = /Range: bytes=(\d+)-\r\nIf-Range: "(.*)"/.exec(source.requests[1] ?? '');
    if (cut > 0) assert.deepEqual([asked?.[1], asked?.[2]], [String(cut), SHA256]);
  }
});

test('[POST-21] a complete file is only hashed', async (t) => {
  const { fetch, path, source } = await setUp(t, honestly(CONTENT, SHA256));
  writeFileSync(path, CONTENT);
  assert.equal(failureOf(await fetch()), 'fetch_done');
  assert.equal(source.requests.length, 0);
});

test('[POST-21] a part file that is too long starts again', async (t) => {
  const { fetch, path } = await setUp(t, honestly(CONTENT, SHA256));
  writeFileSync(path, CONTENT);
  appendFileSync(path, 'more');
  assert.equal(failureOf(await fetch()), 'fetch_done');
  assert.ok(readFileSync(path).equals(CONTENT));
});

test('[POST-21] from a source that ignores ranges the known bytes are skipped', async (t) => {
  const whole: Answerer = (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nETag: "${SHA256}"\r\nContent-Length: ${CONTENT.length}\r\n\r\n`);
    socket.end(CONTENT);
  };
  const { fetch, path } = await setUp(t, whole);
  writeFileSync(path, CONTENT.subarray(0, 300_000));
  assert.equal(failureOf(await fetch()), 'fetch_done');
});

test('[POST-23] wrong bytes of the right length are detected by the hash', async (t) => {
  const { fetch } = await setUp(t, honestly(randomBytes(CONTENT.length), SHA256));
  assert.equal(failureOf(await fetch()), 'wrong_hash');
});

test('[POST-22] nothing is written from a response with a wrong size, tag or range', async (t) => {
  const head = (lines: string): Answerer => {
    return (socket) => void socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 ${lines}\r\n\r\n`), CONTENT]));
  };
  const tag = `ETag: "${SHA256}"`;
  const wrongHeads = [
    `200 OK\r\n${tag}\r\nContent-Length: ${CONTENT.length + 1}`,
    `200 OK\r\n${tag}\r\nContent-Length: 5`,
    `200 OK\r\n${tag}`,
    `200 OK\r\nContent-Length: ${CONTENT.length}`,
    `200 OK\r\nETag: "other"\r\nContent-Length: ${CONTENT.length}`,
    `206 Partial\r\n${tag}\r\nContent-Length: ${CONTENT.length}\r\nContent-Range: bytes 0-699999/700000`,
    `206 Partial\r\n${tag}\r\nContent-Length: 5\r\nContent-Range: bytes 9-13/700000`,
    `200 OK\r\n${tag}\r\nTransfer-Encoding: chunked`,
    `301 Moved\r\nLocation: http://127.0.0.1/`,
    'nonsense',
    `200 OK\r\nX: ${'x'.repeat(9_000)}`,
  ];
  for (const wrongHead of wrongHeads) {
    const { fetch, path } = await setUp(t, head(wrongHead));
    assert.equal(failureOf(await fetch()), 'wrong_headers', wrongHead.slice(0, 100));
    assert.equal(readFileSync(path).length, 0);
  }
});

test('[POST-23] bytes beyond the end are ignored', async (t) => {
  const { fetch, path } = await setUp(t, (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nETag: "${SHA256}"\r\nContent-Length: ${CONTENT.length}\r\n\r\n`);
    socket.write(CONTENT);
    socket.end(randomBytes(100_000));
  });
  assert.equal(failureOf(await fetch()), 'fetch_done');
  assert.ok(readFileSync(path).equals(CONTENT));
});

test('[POST-25] a busy source can be asked later; one without the file cannot', async (t) => {
  const answers = { 404: 'not_found', 410: 'not_found', 429: 'interrupted', 503: 'interrupted' };
  for (const [status, expected] of Object.entries(answers)) {
    const { fetch } = await setUp(t, (socket) => socket.end(`HTTP/1.1 ${status} x\r\nContent-Length: 0\r\n\r\n`));
    assert.equal(failureOf(await fetch()), expected);
  }
});

test('[POST-25] a source with another key gets no request', async (t) => {
  const { fetch, source, path } = await setUp(t, honestly(CONTENT, SHA256));
  const device = { ...source.keys, device: makeSigningKey().publicKey };
  assert.equal(failureOf(await fetch({ device })), 'interrupted');
  assert.equal(source.requests.length, 0);
  assert.equal(failureOf(await fetch({ endpoints: [{ host: '127.0.0.1', port: 1 }, source.endpoint] })), 'fetch_done');
  assert.ok(existsSync(path));
});

test('[POST-23] a fetch with `startsOver` discards the earlier bytes', async (t) => {
  const { fetch, path } = await setUp(t, honestly(CONTENT, SHA256));
  writeFileSync(path, randomBytes(CONTENT.length));
  assert.equal(failureOf(await fetch()), 'wrong_hash');
  assert.equal(failureOf(await fetch({ startsOver: true })), 'fetch_done');
});

test('[POST-26] if the target exists, nothing is requested', async (t) => {
  const { fetch, path, source } = await setUp(t, honestly(CONTENT, SHA256));
  writeFileSync(`${path}-there`, 'mine');
  assert.equal(failureOf(await fetch({ target: { path: `${path}-there`, force: false } })), 'target_exists');
  assert.equal(source.requests.length, 0);
});

test('[POST-31] a target that cannot be written is refused under the typed path, and nothing is fetched', async (t) => {
  const { fetch, path, source } = await setUp(t, honestly(CONTENT, SHA256));
  writeFileSync(`${path}-file`, '');
  for (const [target, failure] of [
    [join('/proc', 'x'), 'target_trouble'],
    [`${path}-none/x`, 'target_trouble'],
    [`${path}-file/x`, 'target_trouble'],
    ['/dev/null', 'target_no_file'],
  ] as const) {
    const news = await fetch({ target: { path: target, force: true } });
    assert.ok(news?.type === 'fetch_ended');
    assert.deepEqual([news.failure, news.received], [failure, 0]);
    assert.ok(news.why.startsWith(target), news.why);
    assert.doesNotMatch(news.why, /--data/);
  }
  assert.equal(source.requests.length, 0);
});

test('[POST-27] a disk error is reported with its cause', async (t) => {
  const { fetch } = await setUp(t, honestly(CONTENT, SHA256));
  const news = await fetch({ path: join('/proc', 'no-such-place', 'part') });
  assert.ok(news?.type === 'fetch_ended' && news.failure === 'disk_error');
  assert.match(news.why, /no such file or directory/);
});

test('[POST-30] the grant is sent in its header', async (t) => {
  const { fetch, source } = await setUp(t, honestly(CONTENT, SHA256));
  await fetch({ grant: 'AAAA' });
  assert.match(source.requests[0] ?? '', /\r\nkith-grant: AAAA\r\n/);
});
