// The numbers for `kind` and `state` in the rows of `messages`. They are on users' disks: only append to these lists.

import { assert } from '../../../../protocols/kit/machine.js';
import type { StoredMessage, StoredState } from '../../../engine/core/store.js';

const KINDS = ['chat', 'quick', 'group'] as const satisfies readonly StoredMessage['kind'][];
const STATES = [
  'queued',
  'held',
  'delivered',
  'read',
  'cancelled',
  'unconfirmed',
  'remembered',
] as const satisfies readonly StoredState[];

export const CHAT = 0;
export const GROUP = 2;
export const DELIVERED = 2;
export const READ = 3;

const KIND_CODES = codes(KINDS);
const STATE_CODES = codes(STATES);

export function kindCode(kind: StoredMessage['kind']): number {
  return KIND_CODES[kind];
}

export function stateCode(state: StoredState): number {
  return STATE_CODES[state];
}

export function kindOf(code: number): StoredMessage['kind'] {
  return word(KINDS, code);
}

export function stateOf(code: number): StoredState {
  return word(STATES, code);
}

function codes<W extends string>(words: readonly W[]): Record<W, number> {
  return Object.fromEntries(words.map((text, code) => [text, code])) as Record<W, number>;
}

function word<W extends string>(words: readonly W[], code: number): W {
  const found = words[code];
  assert(found !== undefined, 'the database contains known codes only');
  return found;
}
