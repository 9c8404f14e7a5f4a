// The export as JSON (docs/export.md), with one line for each person and message.

import { escapeJson } from '../../../protocols/kit/sanitize.js';
import { VERSION } from '../../../protocols/kit/version.js';
import { isoTime } from '../../engine/core/context.js';
import type { Person } from '../../engine/core/store.js';
import type { ExportContent, ExportedMessage } from './export-content.js';

/** Raised by a change that breaks readers of the earlier version. New fields do not raise it. */
const SCHEMA_VERSION = 1;

export function* jsonExport(content: ExportContent): Generator<string> {
  const { user, key, at } = content;
  const head = { format: 'kith-export', version: SCHEMA_VERSION, madeBy: VERSION, exportedAt: at, user, key };
  yield `${json(head).slice(0, -1)},\n"people": [`;
  yield* listed(content.people, personOf);
  yield '],\n"conversations": [';
  yield* conversations(content);
  yield ']}\n';
}

function* conversations({ conversations: all, messages }: ExportContent): Generator<string> {
  let comma = '';
  for (const { peer, name, group } of all) {
    const id = group === null ? '' : ` "group": ${json(group)},`;
    yield `${comma}\n{"with": ${json(name)},${id} "messages": [`;
    yield* listed(messages(peer), messageOf);
    yield ']}';
    comma = ',';
  }
}

/** The elements of a JSON list, without its brackets, one per line. */
function* listed<T>(values: Iterable<T>, shown: (value: T) => object): Generator<string> {
  let comma = '';
  for (const value of values) {
    yield `${comma}\n${json(shown(value))}`;
    comma = ',';
  }
}

function personOf({ name, pinned, friendship, verified, blocked, note }: Person): object {
  return { user: name, key: pinned?.key ?? null, friendship, verified, blocked, note };
}

function messageOf({ id, from, peer, text, at, kind, state, otherKey }: ExportedMessage): object {
  const line = { id, from, text, at: isoTime(at), kind, state };
  if (state === 'remembered') return { ...line, rememberedBy: peer };
  return otherKey === undefined ? line : { ...line, otherKey };
}

/** One line without control characters. */
function json(value: object | string): string {
  return escapeJson(JSON.stringify(value));
}
