// What must hold in a simulated group after every step, told from outside: it keeps its own books of who consented, who
// signed what, and what was ratified.

import type { GroupEffect } from '../../../protocols/groups/member/member-io.js';
import type { GroupMember } from '../../../protocols/groups/member/group-member.js';
import { peekStatement } from '../../../protocols/groups/statements.js';
import type { AppliedEntry } from '../../../protocols/groups/log/applied-entry.js';
import type { MemberProcess } from './member-process.js';

interface Seen {
  ratified: string[];
  /** Removed by an entry this member once had in force: by which consent they had belonged. */
  readonly removed: Map<string, string>;
  head: string;
}

export class GroupChecker {
  readonly consents = new Map<string, string>();
  /** Ids of messages promised by `done`, and what they said. */
  readonly promised = new Map<string, { by: string; text: string }>();
  readonly byzantine = new Set<string>();
  readonly warned = new Set<string>();
  /** Ratified contradictions: only a lying leader can bring them about. */
  isSplit = false;
  private readonly ratified = new Map<number, string>();
  private readonly votes = new Map<string, string>();
  private readonly lastVote = new Map<string, number>();
  private readonly adopted = new Map<string, string>();
  private readonly shown = new Set<string>();
  private readonly seen = new Map<string, Seen>();

  constructor(private readonly fail: (violation: string) => void) {}

  looked(who: MemberProcess, effects: readonly GroupEffect[]): void {
    if (this.byzantine.has(who.user) || who.member === null) return;
    const { member } = who;
    for (const effect of effects) this.effect(who, member, effect);
    this.rows(who, member);
  }

  private effect(who: MemberProcess, member: GroupMember, effect: GroupEffect): void {
    if (effect.type === 'send') this.sent(who, member, effect);
    if (effect.type === 'show') this.showed(who, member, effect.message);
    if (effect.type === 'warn') this.warned.add(effect.code);
    if (effect.type === 'done' && effect.id !== null) this.recordPromise(who, effect.id);
  }

  private recordPromise(who: MemberProcess, id: string): void {
    const row = who.store.messagesFrom(who.device.publicKey, 0, 1_000_000).find((kept) => kept.id === id);
    if (!row) return this.fail(`[GROUP-34] ${who.user} was told that ${id} is kept, and it is not`);
    this.promised.set(id, { by: who.user, text: row.text });
  }

  /** SPEC GROUP-22, GROUP-7, GROUP-16. */
  private sent(
    who: MemberProcess,
    member: GroupMember,
    { to, body: word }: Extract<GroupEffect, { type: 'send' }>,
  ): void {
    const isPeer = belongs(member, to);
    const until = lastEnd(member, to);
    const isEnd = word.type === 'entries' && word.from + word.entries.length - 1 <= until;
    const isBallot = word.type === 'vote_request' || word.type === 'statement' || member.me === null;
    if (!isPeer && !isEnd && !isBallot)
      this.fail(`[GROUP-22] ${who.user} sends ${word.type} to ${to}, who is no member`);
    if (word.type !== 'statement') return;
    if (word.statement === 'vote') this.voted(who.user, word.signed);
    if (word.statement === 'adopted') this.signed(who.user, word.signed);
  }

  private voted(user: string, signed: Parameters<typeof peekStatement>[1]): void {
    const vote = peekStatement('vote', signed);
    if (vote?.by !== user) return;
    const place = `${user} ${vote.term}`;
    const before = this.votes.get(place);
    if (before !== undefined && before !== vote.candidate) {
      this.fail(`[GROUP-16] ${user} voted for ${before} and ${vote.candidate} in term ${vote.term}`);
    }
    this.votes.set(place, vote.candidate);
    this.lastVote.set(user, Math.max(vote.term, this.lastVote.get(user) ?? 0));
  }

  private signed(user: string, signed: Parameters<typeof peekStatement>[1]): void {
    const adopted = peekStatement('adopted', signed);
    if (adopted?.by !== user) return;
    const voted = this.lastVote.get(user) ?? 0;
    if (adopted.term < voted) this.fail(`[GROUP-7] ${user} signs for term ${adopted.term}, bound to ${voted}`);
    const place = `${user} ${adopted.term} ${adopted.index}`;
    const before = this.adopted.get(place);
    if (before !== undefined && before !== adopted.hash) this.fail(`[GROUP-7] ${user} signed two rows at ${place}`);
    this.adopted.set(place, adopted.hash);
  }

  /** SPEC GROUP-23, GROUP-24, GROUP-27. */
  private showed(
    who: MemberProcess,
    member: GroupMember,
    message: { id: string; by: string; device: string; seq: number; text: string },
  ): void {
    const place = `${who.user} ${message.id}`;
    if (this.shown.has(place)) this.fail(`[GROUP-27] ${who.user} sees ${message.by}:${message.seq} twice`);
    this.shown.add(place);
    const cut = cutOf(member, message.by, message.device);
    if (message.seq > cut) this.fail(`[GROUP-23] ${who.user} sees ${message.by}:${message.seq}, beyond the cut ${cut}`);
  }

  private rows(who: MemberProcess, member: GroupMember): void {
    const { log: chain } = member;
    const seen = this.seen.get(who.user) ?? { ratified: [], removed: new Map<string, string>(), head: '' };
    this.seen.set(who.user, seen);
    for (let index = 0; index < seen.ratified.length; index += 1) {
      if (chain.at(index)?.id !== seen.ratified[index])
        return this.fail(`[GROUP-10] ${who.user} replaced entry ${index}`);
    }
    if (chain.ratified < seen.ratified.length - 1) this.fail(`[GROUP-10] ${who.user} forgot what was ratified`);
    for (let index = seen.ratified.length; index <= chain.ratified; index += 1) {
      const id = chain.at(index)?.id ?? '';
      seen.ratified.push(id);
      this.settle(who.user, index, id);
    }
    this.removals(who.user, member, seen);
    if (chain.head.id === seen.head) return;
    seen.head = chain.head.id;
    for (const step of chain.entriesFrom(1)) this.consented(who.user, member, step);
  }

  private settle(user: string, index: number, id: string): void {
    const other = this.ratified.get(index);
    this.ratified.set(index, other ?? id);
    if (other === undefined || other === id) return;
    if (this.byzantine.size > 0) this.isSplit = true;
    else this.fail(`[GROUP-6] two entries are ratified at ${index}: ${user} has another one`);
  }

  /** SPEC GROUP-2. */
  private consented(user: string, { log: chain }: GroupMember, { entry }: AppliedEntry): void {
    if (entry.op.do !== 'add') return;
    const consent = peekStatement('consent', entry.op.consent);
    const signer = this.consents.get(entry.op.consent.payload);
    if (signer !== entry.op.user && !this.byzantine.has(entry.op.user)) {
      return this.fail(`[GROUP-2] ${user} believes that ${entry.op.user} belongs, who never said yes`);
    }
    const after = chain.entriesFrom((consent?.head.index ?? 0) + 1).filter((step) => step.entry.index < entry.index);
    for (const {
      entry: { op },
    } of after) {
      const isEnd = (op.do === 'remove' || op.do === 'leave') && op.user === entry.op.user;
      if (isEnd) this.fail(`[GROUP-2] ${user} believes in a yes of ${entry.op.user} from before they went`);
    }
  }

  /** SPEC GROUP-13. */
  private removals(user: string, member: GroupMember, { removed }: Seen): void {
    const { log: chain } = member;
    for (const [other, by] of removed) {
      const belongs = chain.members.get(other);
      if (belongs === undefined) continue;
      if (belongs.admissionId !== by || chain.head.leader === other) removed.delete(other);
      else if (member.isPeer(other)) {
        this.fail(`[GROUP-13] ${user} talks to ${other} again, who was removed`);
        removed.delete(other);
      }
    }
    const { op } = chain.head.entry;
    const before = chain.at(chain.head.entry.index - 1)?.members.get(op.do === 'remove' ? op.user : '');
    if (before && op.do === 'remove' && op.user !== user && chain.head.entry.by !== user)
      removed.set(op.user, before.admissionId);
  }
}

/** Is a member by the row, and has not said that they left. */
function belongs({ log: chain, memory }: GroupMember, user: string): boolean {
  const member = chain.members.get(user);
  if (member === undefined) return false;
  return !memory.farewells.some((signed) => {
    const said = peekStatement('leave', signed);
    return said?.by === user && said.member === member.admissionId;
  });
}

/** The last entry that somebody may hear of: the one that ended their time, or orphaned it; -1 if there is none. */
function lastEnd({ log, memory }: Pick<GroupMember, 'log' | 'memory'>, user: string): number {
  const lost = memory.orphans.find(({ signed }) => {
    const { op } = JSON.parse(signed.payload) as { op: { do: string; user?: string } };
    return op.do === 'add' && op.user === user;
  });
  if (lost) return lost.fork + 1;
  return log.entriesFrom(0).reduce((last, { entry: { op, index } }) => {
    return (op.do === 'remove' || op.do === 'leave') && op.user === user ? index : last;
  }, -1);
}

/** Beyond which number of a device nothing counts, by the row in force; Infinity while its owner belongs. */
function cutOf({ log: chain }: GroupMember, user: string, device: string): number {
  if (chain.members.has(user)) return Infinity;
  const cuts = chain.entriesFrom(0).flatMap(({ entry: { op } }) => {
    if (op.do === 'remove' && op.user === user) return op.cut;
    return op.do === 'leave' && op.user === user ? (peekStatement('leave', op.statement)?.cut ?? []) : [];
  });
  return cuts.reduce((most, cut) => (cut.device === device ? Math.max(most, cut.seq) : most), 0);
}
