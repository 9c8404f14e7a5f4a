// Converts a message to and from its row: words become codes, peers and devices numbers, the id bytes.

import type { StoredMessage } from '../../../engine/core/store.js';
import type { SqlValue } from '../../../../runtime/sqlite.js';
import { kindCode, kindOf, stateCode, stateOf } from './message-codes.js';
import { idBytes, idText } from './message-ids.js';
import type { NameNumbers } from './name-numbers.js';

export interface MessageRow {
  readonly message: number;
  readonly id: Uint8Array;
  readonly peer: number;
  readonly device: number;
  readonly kind: number;
  readonly seq: number;
  readonly lamport: number;
  readonly at: number;
  readonly mine: number;
  readonly state: number;
  readonly shown: number;
  readonly follows: number;
  readonly text: string;
  readonly proof: Uint8Array | null;
}

const COLUMN_NAMES = [
  'message',
  'id',
  'peer',
  'device',
  'kind',
  'seq',
  'lamport',
  'at',
  'mine',
  'state',
  'shown',
  'follows',
  'text',
  'proof',
] as const satisfies readonly (keyof MessageRow)[];

/** For `SELECT` and `INSERT`, in the order of `rowValues`. */
export const COLUMNS = COLUMN_NAMES.join(', ');
export const COLUMNS_OF_MESSAGES = COLUMN_NAMES.map((column) => `messages.${column}`).join(', ');
export const PLACEHOLDERS = COLUMN_NAMES.map(() => '?').join(', ');

/** The values of a new row. Assigns a number to a new peer or device. */
export function rowValues(row: number, message: StoredMessage, names: NameNumbers): SqlValue[] {
  return [
    row,
    idBytes(message.id),
    names.numberPeer(message.peer),
    names.numberDevice(message.device),
    kindCode(message.kind),
    message.seq,
    message.lamport,
    message.at,
    Number(message.mine),
    stateCode(message.state),
    Number(message.shown),
    message.after,
    message.text,
    message.proof === null ? null : idBytes(message.proof),
  ];
}

export function messageOf(row: MessageRow, names: NameNumbers): StoredMessage {
  return {
    id: idText(row.id),
    peer: names.peerName(row.peer),
    mine: row.mine === 1,
    device: names.deviceKey(row.device),
    kind: kindOf(row.kind),
    seq: row.seq,
    lamport: row.lamport,
    at: row.at,
    text: row.text,
    state: stateOf(row.state),
    shown: row.shown === 1,
    after: row.follows,
    proof: row.proof && idText(row.proof),
  };
}
