// A client with damaged data goes on with a backup: the repair needs nothing that it repairs.

import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readConfig, type ClientConfig } from '../../client/config.js';
import { runClient, type RunningClient } from '../../client/run.js';
import { openSqliteStore } from '../../client/store/sqlite/sqlite-store.js';
import type { ClientEvent } from '../../protocols/control/event.js';
import { refusalText } from '../../protocols/kit/refusals.js';
import { fromBob } from '../contracts/client-store/samples.js';
import { aliceWith, done, PASSPHRASE } from './archive/archive-fixture.js';

const MANY = Array.from({ length: 600 }, (_, at) => fromBob(at + 1, { text: `line ${at} ${'x'.repeat(200)}` }));

/** Alice's directory and a backup of it. */
async function aliceWithBackup(context: TestContext) {
  const { directory, data, archive } = aliceWith(context, MANY, null);
  const file = join(directory, 'alice.backup');
  await done(archive, { type: 'backup', file, passphrase: PASSPHRASE });
  const outcome = readConfig({ address: '127.0.0.1:1', user: 'alice', data, host: '127.0.0.1' }, {});
  if ('problems' in outcome) throw new Error('the configuration is valid');
  return { data, file, config: outcome.config };
}

async function run(context: TestContext, config: ClientConfig): Promise<RunningClient> {
  const client = await runClient(config);
  context.after(() => client.stop());
  return client;
}

/** Overwrites the inside of a file and leaves its beginning. */
function scratch(path: string): void {
  const file = openSync(path, 'r+');
  for (let at = 4_096; at < 120_000; at += 4_096) writeSync(file, Buffer.alloc(4_000, 0x5a), 0, 4_000, at);
  closeSync(file);
}

const DAMAGES: Record<string, { names: RegExp; damage: (data: string) => void }> = {
  'client.db overwritten': {
    names: /client\.db/,
    damage: (data) => writeFileSync(join(data, 'client.db'), 'x'.repeat(9_000)),
  },
  'client.db damaged inside': { names: /client\.db/, damage: (data) => scratch(join(data, 'client.db')) },
  'client.db empty': { names: /client\.db/, damage: (data) => truncateSync(join(data, 'client.db'), 0) },
  'client.db missing': { names: /client\.db/, damage: (data) => rmSync(join(data, 'client.db')) },
  'client.db missing, and its journal left': {
    names: /client\.db/,
    damage: (data) => {
      writeFileSync(join(data, 'client.db-wal'), 'x'.repeat(9_000));
      rmSync(join(data, 'client.db'));
    },
  },
  'identity.json damaged': {
    names: /identity\.json/,
    damage: (data) => writeFileSync(join(data, 'identity.json'), '{"identity":'),
  },
  'identity.json missing': { names: /identity\.json/, damage: (data) => rmSync(join(data, 'identity.json')) },
};

for (const [what, { names, damage }] of Object.entries(DAMAGES)) {
  test(`[CTRL-34] the repair does not need what it repairs: ${what}`, async (context) => {
    const { data, file, config } = await aliceWithBackup(context);
    damage(data);
    const before = readdirSync(data).sort();
    const client = await run(context, config);
    const warned = new Promise<ClientEvent>((resolve) => client.api.onEvent(resolve));
    const refused = await client.api.command({ type: 'list' });
    assert.ok(!refused.ok);
    assert.match(refusalText(refused.refusal), names);
    assert.match(refusalText(refused.refusal), /type: restore FILE/);
    assert.equal((await warned).event, 'warning');
    const halves = ['client.db', 'identity.json'];
    const left = readdirSync(data).filter((name) => halves.includes(name));
    assert.deepEqual(
      left,
      before.filter((name) => halves.includes(name)),
      'no half is made or removed',
    );
    assert.equal((await client.api.command({ type: 'restore', file, check: false, passphrase: PASSPHRASE })).ok, true);
    await client.stop();

    const again = await run(context, config);
    const page = await again.api.command({ type: 'history', user: 'bob', limit: 9, before: null });
    assert.ok(page.ok && 'messages' in page.data && Array.isArray(page.data.messages));
    assert.equal(page.data.messages.length, 9);
    const aside = readdirSync(data).find((name) => name.startsWith('before-restore-')) ?? '';
    const kept = what.startsWith('client.db missing') ? 'identity.json' : 'client.db';
    assert.ok(readdirSync(join(data, aside)).includes(kept));
  });
}

test('a start that crashed between both files is not taken for damage', async (context) => {
  const { data, config } = await aliceWithBackup(context);
  for (const name of readdirSync(data)) rmSync(join(data, name), { recursive: true });
  openSqliteStore(join(data, 'client.db')).close();
  const client = await run(context, config);
  assert.equal((await client.api.command({ type: 'whoami' })).ok, true);
});
