// What openssl and curl get from the port of a client: only TLS 1.3, and strangers only refusals.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { UserRecord } from '../../protocols/directory/record.js';
import { encodeFrame, FrameReader } from '../../protocols/kit/frames.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { LINK_VERSION, type HelloFrame } from '../../protocols/links/messages.js';
import { openIdentity } from '../../runtime/disk/identity-file.js';
import { makeCertificate } from '../../runtime/link/certificate.js';
import { probePort, requireTool, type ProbeResult } from './testbed/port-probe.js';
import { Testbed } from './testbed/testbed.js';

const openssl = requireTool('openssl', 'version');
const curl = requireTool('curl', '--version');

const LINK = ['-tls1_3', '-alpn', 'kith/1'];

suite('the port of a client', () => {
  let testbed: Testbed;
  let port = 0;
  before(async () => {
    testbed = await Testbed.open();
    const [alice, bob] = await testbed.friends('alice', 'bob');
    port = (await alice.ready).tcp;
    await bob.leaves();
  });
  after(() => testbed.close());

  test('TLS 1.2 and older are rejected', openssl, async () => {
    for (const version of ['-tls1_2', '-tls1_1', '-tls1']) {
      const {
        code,
        received: heard,
        stderr: complaints,
      } = await sClient(port, [version, '-cipher', 'ALL:@SECLEVEL=0'], await helloOf(testbed, 'bob'));
      assert.deepEqual([code, heard.length], [1, 0], version);
      assert.match(complaints, /alert protocol version/, version);
    }
  });

  test('TLS 1.3 without a certificate, or with one of another type, gets no answer', openssl, async () => {
    const others = makeStranger(testbed.directory, 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256');
    for (const flags of [LINK, [...LINK, ...others], ['-tls1_3']]) {
      for (const bytes of [await helloOf(testbed, 'bob'), Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(5_000)]) {
        assert.equal((await sClient(port, flags, bytes)).received.length, 0);
      }
    }
  });

  test('[LINK-2] a stranger with its own certificate gets no frame', openssl, async () => {
    const flags = [...LINK, ...makeStranger(testbed.directory, 'ed25519')];
    const attempts: [about: string, bytes: Uint8Array][] = [
      ['poses as a friend', await helloOf(testbed, 'bob')],
      ['poses as alice herself', await helloOf(testbed, 'alice')],
      ['begins without a greeting', encodeFrame('{"type":"message","text":"hi"}')],
      ['sends no JSON', encodeFrame('hello?')],
      ['sends no frame', Buffer.from('GET / HTTP/1.1\r\nHost: alice\r\n\r\n')],
      ['sends a frame without end', Buffer.from([0xff, 0xff, 0xff, 0xff, ...Buffer.alloc(5_000)])],
      ['sends an empty frame', Buffer.alloc(4)],
    ];
    for (const [about, bytes] of attempts) {
      assert.equal((await sClient(port, flags, bytes)).received.length, 0, about);
    }
  });

  test('a friend is accepted by its certificate', openssl, async () => {
    const { certificate, secret } = makeCertificate(openIdentity(testbed.dataOf('bob')).device);
    const file = join(testbed.directory, 'bob.pem');
    writeFileSync(file, `${certificate}${secret}`);
    const flags = [...LINK, '-cert', file, '-key', file];
    const { received: heard } = await sClient(
      port,
      flags,
      await helloOf(testbed, 'bob'),
      (bytes) => typesIn(bytes).length > 0,
    );
    assert.equal(typesIn(heard)[0], 'welcome');
  });

  test('curl gets no data, with and without a certificate', curl, async () => {
    const [, certificate = '', , key = ''] = openssl.skip === false ? makeStranger(testbed.directory, 'ed25519') : [];
    const shown = certificate === '' ? [] : ['--cert', certificate, '--key', key];
    const secure = `https://127.0.0.1:${port}/posts/x`;
    const attempts = [[secure], ['--http1.1', secure], [...shown, '--http1.1', secure], [`http://127.0.0.1:${port}/`]];
    for (const attempt of attempts) {
      const { code, received: heard } = await probePort({
        command: 'curl',
        args: ['-sk', '--max-time', '10', ...attempt],
      });
      assert.notEqual(code, 0, attempt.join(' '));
      assert.equal(heard.length, 0, attempt.join(' '));
    }
  });
});

/** Connects `openssl s_client` to the port and sends `bytes`. */
function sClient(
  port: number,
  flags: readonly string[],
  bytes: Uint8Array,
  isEnough: (heard: Buffer) => boolean = () => false,
): Promise<ProbeResult> {
  const args = ['s_client', '-connect', `127.0.0.1:${port}`, '-quiet', ...flags];
  return probePort({ command: 'openssl', args, bytes, isEnough });
}

/** A new certificate made by openssl, as flags for `s_client`. */
function makeStranger(directory: string, ...algorithm: string[]): string[] {
  const [certificate, key] = [join(directory, 'stranger.crt'), join(directory, 'stranger.key')];
  const request = ['req', '-x509', '-nodes', '-subj', '/CN=stranger', '-newkey', ...algorithm];
  execFileSync('openssl', [...request, '-out', certificate, '-keyout', key], { stdio: 'ignore' });
  return ['-cert', certificate, '-key', key];
}

/** The hello frame of a user with the public record from the name server. */
async function helloOf(testbed: Testbed, user: string): Promise<Uint8Array> {
  const { body } = await testbed.server.get(`/v1/users/${user}`);
  const { record } = body as { record: HelloFrame['record'] };
  const { devices } = JSON.parse(record.payload) as UserRecord;
  const device = devices[0]?.device ?? '';
  const hello: HelloFrame = {
    type: 'hello',
    versions: [LINK_VERSION],
    user,
    device,
    record,
    port: 1,
    seen: null,
    heard: null,
    features: [],
  };
  return encodeFrame(JSON.stringify(hello));
}

/** The types of the complete frames in these bytes. */
function typesIn(bytes: Buffer): string[] {
  const reader = new FrameReader(LIMITS.linkFrameBytes);
  reader.push(bytes);
  const types: string[] = [];
  for (let next = reader.next(); next && 'text' in next; next = reader.next()) {
    types.push((JSON.parse(next.text) as { type: string }).type);
  }
  return types;
}
