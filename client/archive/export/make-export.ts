// Writes the people and messages of a client to a readable file, as a stream: it never holds them all in memory.

import { join } from 'node:path';
import type { Answers } from '../../../protocols/control/answer.js';
import type { ArchiveCommand } from '../../../protocols/control/commands/archive.js';
import { fingerprintWords } from '../../../protocols/directory/fingerprint.js';
import { utf8 } from '../../../protocols/kit/bytes.js';
import { peekEntry } from '../../../protocols/groups/log/applied-entry.js';
import { readConversation } from '../../engine/core/conversation-id.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../../protocols/kit/refusals.js';
import { primitives } from '../../../runtime/crypto.js';
import { makeFolder } from '../../../runtime/disk/folder.js';
import { openIdentity } from '../../../runtime/disk/identity-file.js';
import { writeNewFile } from '../../../runtime/disk/new-file.js';
import { isoTime } from '../../engine/core/context.js';
import { StoreSnapshot } from '../../store/sqlite/store-snapshot.js';
import { timestamp, storePath, type ArchiveContext } from '../archive-context.js';
import { htmlExport } from './html-export.js';
import { jsonExport } from './json-export.js';
import type { ExportedConversation, ExportContent, ExportedMessage } from './export-content.js';

type Export = Extract<ArchiveCommand, { type: 'export' }>;

const WRITERS: Record<Export['format'], (content: ExportContent) => Generator<string>> = {
  json: jsonExport,
  html: htmlExport,
};

export async function makeExport(context: ArchiveContext, { format, to }: Export): Promise<Outcome<Answers['export']>> {
  const at = context.now();
  const path = to ?? defaultPath(context, `${context.user}-${timestamp(at)}.${format}`);
  const reader = new StoreSnapshot(storePath(context));
  try {
    const content = contentOf(context, reader, isoTime(at));
    const done = await writeNewFile(path, gathered(WRITERS[format](content)));
    if (done === 'exists') return new Refusal('FILE_EXISTS', path);
    return { path, messages: reader.amounts().messages };
  } finally {
    reader.close();
  }
}

function defaultPath({ data }: ArchiveContext, name: string): string {
  makeFolder(join(data, 'exports'));
  return join(data, 'exports', name);
}

function contentOf({ user, data }: ArchiveContext, reader: StoreSnapshot, at: string): ExportContent {
  const key = openIdentity(data).identity.publicKey;
  const conversations = reader.peers().map((peer) => conversationOf(peer, reader));
  const people = reader.people();
  const pinned = new Map(people.map((person) => [person.name, person.pinned?.key ?? null]));
  const keyOf = (name: string): string | null => (name === user ? key : (pinned.get(name) ?? null));
  const messages = (peer: string): Generator<ExportedMessage> => linesOf(reader.messages(peer), { peer, user, keyOf });
  return { user, key, at, people, conversations, messages };
}

function conversationOf(peer: string, reader: StoreSnapshot): ExportedConversation {
  const id = readConversation(peer);
  if (id.type === 'person') return { peer, name: peer, group: null };
  const first = peekEntry({ payload: reader.firstEntry(peer) ?? '', signature: '' });
  return { peer, name: first?.op.do === 'create' ? first.op.name : 'group', group: id.group };
}

interface Readers {
  readonly peer: string;
  readonly user: string;
  /** The known identity key of a user. */
  readonly keyOf: (name: string) => string | null;
}

function* linesOf(
  messages: ReturnType<StoreSnapshot['messages']>,
  { peer, user, keyOf }: Readers,
): Generator<ExportedMessage> {
  for (const { author, ...message } of messages) {
    if (message.mine || author === null) yield { ...message, from: message.mine ? user : peer };
    else if ([null, author.key].includes(keyOf(author.name))) yield { ...message, from: author.name };
    else yield { ...message, from: author.name, otherKey: fingerprintWords(author.key, primitives) };
  }
}

/** Joins many small texts into fewer large pieces of bytes. */
function* gathered(texts: Iterable<string>): Generator<Uint8Array> {
  let waiting = '';
  for (const text of texts) {
    waiting += text;
    if (waiting.length < LIMITS.exportPieceCharacters) continue;
    yield utf8(waiting);
    waiting = '';
  }
  yield utf8(waiting);
}
