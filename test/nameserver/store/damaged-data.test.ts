// A name server with damaged data says which file it is and what to type, and makes no new half beside an old one.

import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openDataFiles } from '../../../nameserver/store/data-files.js';
import { configOf, runServer, temporaryDirectory } from '../test-server.js';

/** The directory of a server that knows some users. */
function usedServer(context: TestContext): string {
  const data = temporaryDirectory(context);
  const { store } = openDataFiles(configOf(data));
  store.transaction(() => {
    for (let at = 0; at < 400; at += 1) store.createUser(`u${at}`, { payload: 'x'.repeat(300), signature: 's' }, at);
  });
  store.close();
  return data;
}

function scratch(path: string): void {
  const file = openSync(path, 'r+');
  for (let at = 4_096; at < 100_000; at += 4_096) writeSync(file, Buffer.alloc(4_000, 0x5a), 0, 4_000, at);
  closeSync(file);
}

const DAMAGES: Record<string, { says: RegExp; damage: (data: string) => void }> = {
  'nameserver.db overwritten': {
    says: /nameserver\.db is damaged\. .*type: mv /,
    damage: (data) => writeFileSync(join(data, 'nameserver.db'), 'x'.repeat(9_000)),
  },
  'nameserver.db damaged inside': {
    says: /nameserver\.db is damaged\. .*type: mv /,
    damage: (data) => scratch(join(data, 'nameserver.db')),
  },
  'nameserver.db empty': {
    says: /nameserver\.db is missing or empty.*type: mv /,
    damage: (data) => truncateSync(join(data, 'nameserver.db'), 0),
  },
  'nameserver.db missing': {
    says: /nameserver\.db is missing or empty.*type: mv /,
    damage: (data) => rmSync(join(data, 'nameserver.db')),
  },
  'server.json missing': {
    says: /server\.json is missing\. .*type: cp /,
    damage: (data) => rmSync(join(data, 'server.json')),
  },
  'server.json damaged': {
    says: /server\.json: these keys are damaged.*type: cp /,
    damage: (data) => writeFileSync(join(data, 'server.json'), '{"server":'),
  },
};

for (const [what, { says, damage }] of Object.entries(DAMAGES)) {
  test(`[LOAD-22] no half is made beside an old half, and the remedy is said: ${what}`, async (context) => {
    const data = usedServer(context);
    damage(data);
    const before = readdirSync(data).filter((name) => !name.startsWith('lock'));
    await assert.rejects(() => runServer(context, {}, data), says);
    assert.deepEqual(
      readdirSync(data).filter((name) => before.includes(name)),
      before,
    );
  });
}

test('[LOAD-22] a key whose names were only in memory is not taken for a new directory', async (context) => {
  const data = temporaryDirectory(context);
  const first = await runServer(context, { store: 'memory' }, data);
  await first.stop();
  await assert.rejects(() => runServer(context, {}, data), /nameserver\.db is missing or empty/);
});
