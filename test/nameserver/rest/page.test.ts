// Tests the page at `/`: its headers, its entity tags, its compression, and when it is served.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { addRoutesRefusingOtherMethods } from '../../../nameserver/rest/methods.js';
import { addPageRoutes } from '../../../nameserver/rest/page.js';
import { installErrorHandlers } from '../../../nameserver/rest/refusal-responses.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { readStaticFiles, type StaticFile } from '../../../runtime/disk/static-files.js';
import { runServer, temporaryDirectory } from '../test-server.js';

const NOTHING = (): void => undefined;
const SILENT = { debug: NOTHING, info: NOTHING, warn: NOTHING, error: NOTHING };
const SCRIPT = 'let a = 1;\n'.repeat(100);
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const PROTECTIONS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), browsing-topics=()',
  vary: 'accept-encoding',
};

function filesOf(t: TestContext, files: Readonly<Record<string, string>>): readonly StaticFile[] | null {
  const folder = temporaryDirectory(t);
  mkdirSync(join(folder, 'assets'));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return readStaticFiles(folder);
}

function appWith(t: TestContext, sendsHsts = false) {
  const files = filesOf(t, {
    'index.html': '<!doctype html>',
    'assets/a.js': SCRIPT,
    'assets/a.css': 'p{}',
    'assets/secret.txt': 'no kind that is served',
  });
  const app = Fastify();
  installErrorHandlers(app, SILENT);
  addRoutesRefusingOtherMethods(app, () => addPageRoutes(app, files ?? [], sendsHsts));
  return app;
}

test('the document is revalidated each time, under a policy that allows its own files only', async (t) => {
  const { statusCode, headers, body } = await appWith(t).inject('/');
  assert.deepEqual([statusCode, body], [200, '<!doctype html>']);
  assert.deepEqual(headers, {
    ...PROTECTIONS,
    'cache-control': 'no-cache',
    'content-type': 'text/html; charset=utf-8',
    'content-length': '15',
    etag: headers.etag,
    date: headers.date,
    connection: headers.connection,
  });
});

test('only where the operator asked for it, pages tell browsers to use HTTPS, for this host alone', async (t) => {
  const { headers } = await appWith(t, true).inject('/');
  assert.equal(headers['strict-transport-security'], 'max-age=31536000');
});

test('files with a hash in their name are cached for good', async (t) => {
  const { headers, body } = await appWith(t).inject('/assets/a.js');
  assert.deepEqual(
    [headers['cache-control'], headers['content-type'], body],
    ['public, max-age=31536000, immutable', 'text/javascript; charset=utf-8', SCRIPT],
  );
  for (const [name, value] of Object.entries(PROTECTIONS)) assert.equal(headers[name], value, name);
});

test('a matching entity tag gets 304; HEAD has the same headers and no body', async (t) => {
  const app = appWith(t);
  const { headers } = await app.inject('/');
  const etag = String(headers.etag);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
    const again = await app.inject({ url: '/', headers: { 'if-none-match': known } });
    assert.deepEqual([again.statusCode, again.body, again.headers.etag], [304, '', etag]);
  }
  assert.equal((await app.inject({ url: '/', headers: { 'if-none-match': '"other"' } })).statusCode, 200);
  const head = await app.inject({ method: 'HEAD', url: '/' });
  assert.deepEqual([head.statusCode, head.body, head.headers.etag], [200, '', etag]);
});

test('a file is sent with gzip if the client accepts it and it saves bytes', async (t) => {
  const app = appWith(t);
  const plain = await app.inject('/assets/a.js');
  const asked = (accepted: string, url = '/assets/a.js') =>
    app.inject({ url, headers: { 'accept-encoding': accepted } });
  for (const accepted of ['gzip', 'br, gzip;q=0.5', 'deflate,gzip']) {
    const packed = await asked(accepted);
    assert.equal(packed.headers['content-encoding'], 'gzip', accepted);
    assert.equal(gunzipSync(packed.rawPayload).toString(), SCRIPT);
    assert.notEqual(packed.headers.etag, plain.headers.etag);
    assert.equal(packed.headers.vary, 'accept-encoding');
  }
  for (const accepted of ['', 'br', 'gzip;q=0', 'gzip;q=0.0, br', 'xgzip']) {
    assert.equal((await asked(accepted)).headers['content-encoding'], undefined, accepted);
  }
  assert.equal((await asked('gzip', '/')).headers['content-encoding'], undefined); // too small to save bytes
});

test('other methods, other paths and files of unknown types are refused', async (t) => {
  const app = appWith(t);
  const post = await app.inject({ method: 'POST', url: '/' });
  assert.deepEqual([post.statusCode, post.headers.allow], [405, 'GET, HEAD']);
  for (const url of [
    '/index.html',
    '/assets/',
    '/assets/secret.txt',
    '/assets/%2e%2e/index.html',
    '/../package.json',
  ]) {
    const { statusCode, body } = await app.inject(url);
    assert.deepEqual([statusCode, (JSON.parse(body) as { code: string }).code], [404, 'NOT_FOUND'], url);
  }
});

test('no folder means no page; a folder above the limits stops the start with one line', (t) => {
  assert.equal(readStaticFiles(join(temporaryDirectory(t), 'none')), null);
  assert.throws(
    () => filesOf(t, { 'index.html': 'x'.repeat(LIMITS.pageBytes + 1) }),
    /larger than a page may be.*npm run build/,
  );
  const many = Object.fromEntries(Array.from({ length: LIMITS.pageFilesMax + 1 }, (_, at) => [`${at}.js`, '']));
  assert.throws(() => filesOf(t, many), /larger than a page may be/);
});

test('the page is served only if channels accept WebSockets', async (t) => {
  const open = await runServer(t, { store: 'memory' });
  assert.match((await open.app.inject('/')).body, /<div id="announcements"[^>]*role="log"/);
  assert.equal(open.hasPage, true);
  const { paths } = (await open.app.inject('/docs/json')).json<{ paths: Record<string, unknown> }>();
  assert.deepEqual(
    Object.keys(paths).filter((path) => path === '/' || path.startsWith('/assets')),
    [],
  );
  for (const flags of [{ doors: 'tcp', tcpPort: '0' }, { channels: false }]) {
    const shut = await runServer(t, { store: 'memory', ...flags });
    assert.equal((await shut.app.inject('/')).statusCode, 404);
    assert.equal(shut.hasPage, false);
  }
});

test('the compressed page has at most 64 kB', () => {
  const files = readStaticFiles(join('dist', 'page')) ?? assert.fail('the page is not built');
  const weight = files.reduce((sum, { bytes, gzipped: packed }) => sum + (packed ?? bytes).length, 0);
  assert.ok(weight <= 64_000, `${weight} bytes`);
});
