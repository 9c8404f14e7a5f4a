// Frames, entries and effects of groups as sentences for transcripts.

import { peekEntry } from '../../../protocols/groups/log/applied-entry.js';
import type { GroupFrameBody } from '../../../protocols/groups/frames.js';
import { peekMessage } from '../../../protocols/groups/group-message.js';
import type { GroupEffect } from '../../../protocols/groups/member/member-io.js';
import { peekStatement } from '../../../protocols/groups/statements.js';
import type { Signed } from '../../../protocols/kit/signed.js';

/** Short names for device keys and entry ids. */
export interface Labels {
  device(key: string): string;
  entry(id: string): string;
  /** The id of a signed entry. */
  idOf(signed: Signed): string;
}

/** `entry 2, term 0: add carol`. */
export function entryText(signed: Signed, labels: Labels): string {
  const entry = peekEntry(signed);
  if (entry === null) return 'a malformed entry';
  const { term, op, by } = entry;
  const votes = op.do === 'takeover' ? op.votes.map((vote) => peekStatement('vote', vote)?.by).join(' ') : '';
  const texts = {
    create: `create by ${by}`,
    policy: op.do === 'policy' ? `policy, history ${op.policy.history}` : '',
    takeover: `takeover by ${by} with votes of ${votes}`,
  };
  const text = 'user' in op ? `${op.do} ${op.user}` : texts[op.do];
  return `entry ${labels.entry(labels.idOf(signed))}, term ${term}: ${text}`;
}

export function bodyText(body: GroupFrameBody, labels: Labels): string {
  switch (body.type) {
    case 'sync':
      return `sync, head ${labels.entry(body.head.hash)}, ratified ${body.ratified}, promised term ${body.promised}`;
    case 'entries':
      return `${rangeText(body.entries, labels)}${proofsText(body.proofs)}`;
    case 'messages':
      return `messages ${body.messages.map(messageText).join(', ')}`;
    case 'message_request':
      return body.past ? 'requests history' : `requests messages beyond ${vectorText(body.have, labels)}`;
    case 'acknowledgement':
      return `acknowledges ${vectorText(body.have, labels)}`;
    case 'statement':
      return statementText(body.statement, body.signed, labels);
    case 'proofs':
      return `proofs${proofsText(body.proofs)}`;
    case 'vote_request':
      return `requests a vote, term ${body.term}, head ${labels.entry(body.head.hash)}`;
    case 'fork':
      return `fork: ${body.entries.map((signed) => entryText(signed, labels)).join(' and ')}`;
  }
}

/** What an effect other than `send` and `state` does; null for effects that say nothing to a reader. */
export function effectText(effect: GroupEffect): string | null {
  switch (effect.type) {
    case 'show':
      return `shows ${effect.message.by} ${effect.message.seq}: "${effect.message.text}"`;
    case 'joined':
      return 'is a member';
    case 'ended':
      return `is no member any more: ${effect.why}`;
    case 'warn':
      return `warns ${effect.code}: ${effect.text}`;
    case 'refused':
      return `refuses: ${effect.refusal.code}`;
    case 'send':
    case 'state':
    case 'done':
    case 'changed':
    case 'progress':
      return null;
  }
}

function statementText(type: 'adopted' | 'heartbeat' | 'leave' | 'transfer' | 'vote', signed: Signed, labels: Labels) {
  const hash = type === 'adopted' ? peekStatement('adopted', signed)?.hash : undefined;
  if (hash !== undefined) return `adopted ${labels.entry(hash)}`;
  const vote = type === 'vote' ? peekStatement('vote', signed) : null;
  if (vote) return `vote for ${vote.candidate}, term ${vote.term}, head ${labels.entry(vote.head.hash)}`;
  const transfer = type === 'transfer' ? peekStatement('transfer', signed) : null;
  if (transfer) return `transfer to ${transfer.to}`;
  return `${type} of ${(JSON.parse(signed.payload) as { by: string }).by}`;
}

function messageText(signed: Signed): string {
  const message = peekMessage(signed);
  return message === null ? 'a malformed message' : `${message.by} ${message.seq}`;
}

function rangeText(entries: readonly Signed[], labels: Labels): string {
  const [first, last] = [entries[0], entries.at(-1)].map((signed) => signed && labels.entry(labels.idOf(signed)));
  if (first === undefined) return 'no entries';
  return entries.length === 1 ? `entry ${first}` : `entries ${first} to ${last}`;
}

function proofsText(proofs: readonly { readonly to: number; readonly adopted: readonly Signed[] }[]): string {
  const texts = proofs.map(({ to, adopted }) => {
    return `up to ${to} by ${adopted.map((signed) => peekStatement('adopted', signed)?.by).join(' ')}`;
  });
  return texts.length === 0 ? '' : `, ratified ${texts.join(', ')}`;
}

function vectorText(have: readonly { readonly device: string; readonly seq: number }[], labels: Labels): string {
  return have.map(({ device, seq }) => `${labels.device(device)} ${seq}`).join(', ') || 'nothing';
}
