// The page over HTTPS from another machine: everything works, direct messages included.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Testbed } from '../testbed/testbed.js';
import { FAR_HOST, withBrowser } from './chromium.js';
import { PageUser } from './page-user.js';

withBrowser();

const NO_OPENSSL = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed';

/** Not a certificate of Kith: browsers do not accept Ed25519 in certificates. */
function certificateFlags(t: TestContext): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'kith-tls-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['-subj', `/CN=${FAR_HOST}`, '-addext', `subjectAltName=DNS:${FAR_HOST}`];
  const files = ['-out', cert, '-keyout', key];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...curve, ...names, ...files], { stdio: 'ignore' });
  return ['--tls-cert', cert, '--tls-key', key];
}

test(
  'over HTTPS from another machine two pages exchange messages and direct messages',
  { skip: NO_OPENSSL },
  async (t) => {
    const stage = await Testbed.during(t, { serverFlags: ['--no-discovery', ...certificateFlags(t)] });
    const address = `https://${FAR_HOST}:${stage.server.port}/`;
    const options = { channels: ['lab'], ignoreHTTPSErrors: true };
    const alice = await PageUser.start(t, address, 'alice', options);
    const bob = await PageUser.start(t, address, 'bob', options);
    await bob.send('hello');
    await alice.receives('hello');
    await alice.openPerson('bob');
    await alice.openDirect('bob');
    await alice.send('psst');
    await alice.sees('delivered');
    await bob.select('alice');
    await bob.receives('psst');
    assert.deepEqual(await bob.texts(), ['psst']);
  },
);
