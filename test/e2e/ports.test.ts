// What openssl and curl get from the port of a client: only TLS 1.3, and strangers only refusals.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { encodeFrame } from '../../protocols/kit/frames.js';
import { FriendLink, helloOf } from '../fuzz/wire/friend-link.js';
import type { JsonClient } from './testbed/json-client.js';
import { probePort, requireTool, type ProbeResult } from './testbed/port-probe.js';
import { Testbed } from './testbed/testbed.js';

const openssl = requireTool('openssl', 'version');
const curl = requireTool('curl', '--version');

const PROTOCOLS = [['-tls1_3'], ...['kith/2', 'kith-posts/1', 'http/1.1'].map((name) => ['-tls1_3', '-alpn', name])];

suite('the port of a client', () => {
  let testbed: Testbed;
  let alice: JsonClient;
  let port = 0;
  before(async () => {
    testbed = await Testbed.open();
    const [first, bob] = await testbed.friends('alice', 'bob');
    alice = first;
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
      } = await sClient(port, [version, '-cipher', 'ALL:@SECLEVEL=0'], Buffer.from('GET / HTTP/1.1\r\n\r\n'));
      assert.deepEqual([code, heard.length], [1, 0], version);
      assert.match(complaints, /alert protocol version/, version);
    }
  });

  // The port keeps every caller that is not admitted for the same 5 s, so all of them call at once.
  test('[LINK-23] [LINK-2] strangers get no byte, whatever they show and send', openssl, async () => {
    const certificates = [
      [],
      makeStranger(testbed.directory, 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'),
      makeStranger(testbed.directory, 'ed25519'),
    ];
    const hello = encodeFrame(JSON.stringify(helloOf(await testbed.caller('bob'))));
    const attempts = [hello, encodeFrame('{"type":"knock","sealed":"AAAA"}'), Buffer.from('GET / HTTP/1.1\r\n\r\n')];
    const probes = PROTOCOLS.flatMap((protocol) =>
      certificates.flatMap((shown) => attempts.map((bytes) => sClient(port, [...protocol, ...shown], bytes))),
    );
    for (const { received } of await Promise.all(probes)) assert.equal(received.length, 0);
  });

  test('a friend that knocks is accepted', async () => {
    const link = await FriendLink.open(await testbed.caller('bob'), await testbed.listenerOf(alice));
    assert.notEqual(link, null);
    await link?.close();
  });

  test('curl gets no data, with and without a certificate', curl, async () => {
    const shown = openssl.skip === false ? makeStranger(testbed.directory, 'ed25519') : [];
    const secure = `https://127.0.0.1:${port}/posts/x`;
    const attempts = [[secure], [...shown, '--http1.1', secure], [`http://127.0.0.1:${port}/`]];
    const probes = attempts.map((attempt) =>
      probePort({ command: 'curl', args: ['-sk', '--max-time', '10', ...attempt.map(asCurl)] }),
    );
    for (const { code, received } of await Promise.all(probes)) {
      assert.notEqual(code, 0);
      assert.equal(received.length, 0);
    }
  });
});

/** The flags of s_client as curl calls them. */
function asCurl(flag: string): string {
  return flag === '-cert' || flag === '-key' ? `-${flag}` : flag;
}

/** Connects `openssl s_client` to the port and sends `bytes`. */
function sClient(port: number, flags: readonly string[], bytes: Uint8Array): Promise<ProbeResult> {
  const args = ['s_client', '-connect', `127.0.0.1:${port}`, '-quiet', ...flags];
  return probePort({ command: 'openssl', args, bytes });
}

/** A new certificate made by openssl, as flags for `s_client`. */
function makeStranger(directory: string, ...algorithm: string[]): string[] {
  const [certificate, key] = ['crt', 'key'].map((end) => join(directory, `${algorithm[0]}.${end}`)) as [string, string];
  const request = ['req', '-x509', '-nodes', '-subj', '/CN=stranger', '-newkey', ...algorithm];
  execFileSync('openssl', [...request, '-out', certificate, '-keyout', key], { stdio: 'ignore' });
  return ['-cert', certificate, '-key', key];
}
