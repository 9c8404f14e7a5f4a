// Posts for other programs: curl with the certificate of a friend gets files, ranges and headers; a stranger nothing.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Answers } from '../../../protocols/control/answer.js';
import { probePort, requireTool, type ProbeResult } from '../testbed/port-probe.js';
import { Testbed } from '../testbed/testbed.js';
import { makeFile } from './files.js';

const curl = requireTool('curl', '--version');
const openssl = requireTool('openssl', 'version');
const CONTENT = randomBytes(500_000);

suite('curl at the port of alice', () => {
  let testbed: Testbed;
  let port = 0;
  let post = '';
  let shown: string[] = [];

  before(async () => {
    testbed = await Testbed.open();
    const [alice, bob] = await testbed.friends('alice', 'bob');
    port = (await alice.ready).tcp;
    const path = join(testbed.directory, 'file');
    makeFile(path, CONTENT);
    ({ post } = await alice.does<Answers['post_upload']>(`post upload ${path}`));
    const folder = join(testbed.directory, 'pem');
    const paths = await bob.does<Answers['certificate']>(`certificate --to ${folder}`);
    shown = ['--cert', paths.certificate, '--key', paths.key];
    assert.equal(statSync(paths.key).mode & 0o777, 0o600);
  });
  after(() => testbed.close());

  const get = (id: string, ...flags: string[]): Promise<ProbeResult> =>
    probePort({
      command: 'curl',
      args: ['-sk', '--max-time', '10', ...shown, ...flags, `https://127.0.0.1:${port}/posts/${id}`],
    });
  const head = async (id: string, ...flags: string[]): Promise<string> =>
    (await get(id, '-D', '-', '-o', '/dev/null', ...flags)).received.toString();

  test('[POST-17] a friend gets the whole file, a range, and the headers', curl, async () => {
    assert.ok((await get(post)).received.equals(CONTENT));
    assert.ok((await get(post, '-r', '0-99')).received.equals(CONTENT.subarray(0, 100)));
    assert.ok((await get(post, '-r', '-7')).received.equals(CONTENT.subarray(-7)));
    const said = await head(post, '-r', '10-19');
    assert.match(said, /^HTTP\/1\.1 206 /);
    assert.match(said, /^Content-Range: bytes 10-19\/500000\r$/m);
    assert.match(said, /^ETag: "[A-Za-z0-9_-]{43}"\r$/m);
    assert.match(said, /^Content-Type: application\/octet-stream\r$/m);
    assert.match(await head(post, '-I'), /^HTTP\/1\.1 200 [^]*^Content-Length: 500000\r$/m);
    assert.match(await head(post, '-r', '500000-'), /^HTTP\/1\.1 416 /);
  });

  test('[POST-17] a different tag in If-Range gets the whole file', curl, async () => {
    assert.equal((await get(post, '-r', '0-9', '-H', 'If-Range: "another"')).received.length, CONTENT.length);
  });

  test('[POST-17] other paths and methods are refused', curl, async () => {
    assert.match(await head('AAAAAAAAAAAAAAAAAAAAAA'), /^HTTP\/1\.1 404 /);
    assert.match(await head('..%2f..%2fidentity.json'), /^HTTP\/1\.1 404 /);
    assert.match(await head(post, '-X', 'DELETE'), /^HTTP\/1\.1 405 /);
  });

  test('[POST-16] a stranger gets no data, with or without a certificate', openssl, async () => {
    const [certificate, key] = [join(testbed.directory, 'stranger.crt'), join(testbed.directory, 'stranger.key')];
    const request = ['req', '-x509', '-nodes', '-subj', '/CN=bob', '-newkey', 'ed25519'];
    execFileSync('openssl', [...request, '-out', certificate, '-keyout', key], { stdio: 'ignore' });
    const url = `https://127.0.0.1:${port}/posts/${post}`;
    const probes = [['--cert', certificate, '--key', key], []].map((flags) =>
      probePort({ command: 'curl', args: ['-sk', '--max-time', '10', ...flags, url] }),
    );
    for (const { code, received: heard } of await Promise.all(probes)) {
      assert.notEqual(code, 0);
      assert.equal(heard.length, 0);
    }
  });
});
