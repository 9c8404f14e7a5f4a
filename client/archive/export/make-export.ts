// Writes the people and messages of a client to a readable file, as a stream: it never holds them all in memory.

import { join } from 'node:path';
import type { Answers } from '../../../protocols/control/answer.js';
import type { ArchiveCommand } from '../../../protocols/control/commands/archive.js';
import { utf8 } from '../../../protocols/kit/bytes.js';
import { peekEntry } from '../../../protocols/groups/log/applied-entry.js';
import { readConversation } from '../../engine/core/conversation-id.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../../protocols/kit/refusals.js';
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
  return { user, key, at, people: reader.people(), conversations, messages: (peer) => linesOf(peer, user, reader) };
}

function conversationOf(peer: string, reader: StoreSnapshot): ExportedConversation {
  const id = readConversation(peer);
  if (id.type === 'person') return { peer, name: peer, group: null };
  const first = peekEntry({ payload: reader.firstEntry(peer) ?? '', signature: '' });
  return { peer, name: first?.op.do === 'create' ? first.op.name : 'group', group: id.group };
}

function* linesOf(peer: string, me: string, reader: StoreSnapshot): Generator<ExportedMessage> {
  for (const message of reader.messages(peer)) yield { ...message, from: message.mine ? me : (message.author ?? peer) };
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
