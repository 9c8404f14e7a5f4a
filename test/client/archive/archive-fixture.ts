// A client's data directory with sample content, and helpers to run archive commands, for tests.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Archive } from '../../../client/archive/archive.js';
import type { Person, StoredMessage } from '../../../client/engine/core/store.js';
import { openSqliteStore } from '../../../client/store/sqlite/sqlite-store.js';
import type { Answers } from '../../../protocols/control/answer.js';
import type { ArchiveCommand } from '../../../protocols/control/commands/archive.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { openIdentity } from '../../../runtime/disk/identity-file.js';
import { samplePerson, sampleKey } from '../../contracts/client-store/samples.js';
import { temporaryDirectory } from '../../runtime/disk/temporary.js';

export const NOON = Date.UTC(2026, 10, 20, 12);
/** The lowest cost that a reader accepts, so that tests are fast. */
export const CHEAP = { costLog2: 10, blocks: 8, lanes: 1 };
export const PASSPHRASE = 'correct horse';

type Pinned = Person['pinned'];
/** Enough for the store. An engine refuses it. */
const PINNED: Pinned = { key: sampleKey('k'), record: { payload: '{}', signature: 's'.repeat(86) } };

/** A temporary directory with the data directory of Alice, who has a friend and these messages. */
export function aliceWith(context: TestContext, messages: readonly StoredMessage[], pinned: Pinned = PINNED) {
  const directory = temporaryDirectory(context);
  const data = join(directory, 'alice');
  mkdirSync(data);
  openIdentity(data);
  fill(data, messages, pinned);
  return { directory, data, archive: archiveOf('alice', data) };
}

export function archiveOf(user: string, data: string): Archive {
  return new Archive({ user, data, now: () => NOON, cost: CHEAP });
}

function fill(data: string, messages: readonly StoredMessage[], pinned: Pinned): void {
  const store = openSqliteStore(join(data, 'client.db'));
  store.transaction(() => {
    store.putPerson(samplePerson('bob', { pinned, verified: true, note: 'hi "you"' }));
    store.putPerson(samplePerson('eve', { friendship: 'none', blocked: true }));
    for (const message of messages) store.addMessage(message);
  });
  store.close();
}

/** The result of a command that must succeed. */
export async function done<C extends ArchiveCommand>(archive: Archive, command: C): Promise<Answers[C['type']]> {
  const answer = await archive.carryOut(command);
  if (!answer.ok) throw new Error(`${command.type}: ${answer.refusal.code} ${answer.refusal.about}`);
  return answer.data as Answers[C['type']];
}

/** The refusal code of a command, or `success`. */
export async function refused(archive: Archive, command: ArchiveCommand): Promise<string> {
  const answer = await archive.carryOut(command);
  return answer.ok ? 'success' : answer.refusal instanceof Refusal ? answer.refusal.code : 'no refusal';
}
