// A device whose keys a byzantine member stole before its user replaced it: the thief goes on signing with it.

import type { EntryOp, LogEntry } from '../../../../protocols/groups/entry.js';
import type { GroupFrameBody } from '../../../../protocols/groups/frames.js';
import type { GroupMessage } from '../../../../protocols/groups/group-message.js';
import type { MembershipLog } from '../../../../protocols/groups/log/membership-log.js';
import type { StatementType } from '../../../../protocols/groups/statements.js';
import type { SecretKey } from '../../../../protocols/kit/primitives.js';
import { objectId, signObject, type Signed } from '../../../../protocols/kit/signed.js';
import { fakePrimitives } from '../../kernel/fake-primitives.js';
import type { MemberProcess } from '../member-process.js';

export class StolenDevice {
  private readonly user: string;
  private readonly device: SecretKey;
  private last: { readonly seq: number; readonly id: string | null };

  constructor({ user, device, store }: MemberProcess) {
    this.user = user;
    this.device = device;
    const last = store.messagesFrom(device.publicKey, 0, 1_000_000).at(-1);
    this.last = { seq: last?.seq ?? 0, id: last?.id ?? null };
  }

  /** A message, a heartbeat, a vote, an adoption, a transfer and a removal, on top of a log. */
  forgeries(log: MembershipLog): GroupFrameBody[] {
    const { position } = log;
    const { user: to } = [...log.members.values()].at(-1) ?? { user: this.user };
    const statement = (type: 'heartbeat' | 'vote' | 'adopted' | 'transfer', fields: object): GroupFrameBody => {
      return { type: 'statement', statement: type, signed: this.statement(log.group, type, fields) };
    };
    const removal = this.entry(log, { do: 'remove', user: to, cut: [] });
    return [
      { type: 'messages', messages: [this.message(log)], more: false },
      statement('heartbeat', { term: log.term, at: Number.MAX_SAFE_INTEGER }),
      statement('vote', { term: log.term + 1, candidate: to, head: position }),
      statement('adopted', position),
      statement('transfer', { term: log.term, to, at: 1 }),
      { type: 'entries', from: position.index + 1, entries: [removal], proofs: [], records: [] },
    ];
  }

  message({ group, position: epoch }: MembershipLog): Signed {
    const { seq, id: previous } = this.last;
    const author = { group, epoch, by: this.user, device: this.device.publicKey };
    const place = { seq: seq + 1, previous, before: epoch.index, after: [], lamport: seq + 1, at: 1 };
    const message: GroupMessage = { ...author, ...place, text: `stolen ${this.user} ${seq + 1}` };
    const signed = signObject('group_message', message, this.device, fakePrimitives);
    this.last = { seq: seq + 1, id: objectId('group_message', signed.payload, fakePrimitives) };
    return signed;
  }

  statement(group: string, type: StatementType, fields: object): Signed {
    const author = { group, by: this.user, device: this.device.publicKey };
    return signObject(type, { ...author, ...fields }, this.device, fakePrimitives);
  }

  entry({ group, position, term }: MembershipLog, op: EntryOp): Signed {
    const place = { group, index: position.index + 1, previous: position.hash, term };
    const entry: LogEntry = { ...place, op, at: 1, by: this.user, device: this.device.publicKey };
    return signObject('group', entry, this.device, fakePrimitives);
  }
}
