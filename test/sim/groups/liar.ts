// Somebody who lies: a leader that shows different rows to different people, a member that signs what it should not, a
// removed member who goes on as if nothing had happened.

import type { Entry } from '../../../protocols/groups/entry.js';
import type { GroupWord } from '../../../protocols/groups/frames.js';
import type { GroupMessage } from '../../../protocols/groups/group-message.js';
import { objectId, signObject, type Signed } from '../../../protocols/kit/signed.js';
import { fakePrimitives } from '../kernel/fake-primitives.js';
import type { Random } from '../kernel/random.js';
import type { Resident } from './resident.js';
import type { GroupTally } from './tally.js';

interface Means {
  send(to: string, word: GroupWord): void;
  readonly tally: GroupTally;
}

export class Liar {
  private isTired = false;
  private heard: Signed[] = [];

  constructor(
    readonly who: Resident,
    private readonly lies: 'leader' | 'member' | 'removed',
    private readonly random: Random,
    private readonly means: Means,
  ) {}

  get user(): string {
    return this.who.user;
  }

  rest(): void {
    this.isTired = true;
  }

  /** What really leaves where the machine wants to say something. */
  twisted(_to: string, word: GroupWord): GroupWord[] {
    if (word.says === 'messages') this.heard.push(...word.messages.slice(0, 2));
    if (this.isTired || !this.random.chance(0.15)) return [word];
    this.means.tally.add('lies');
    if (word.says === 'have') return [{ ...word, have: word.have.map((each) => ({ ...each, seq: each.seq + 3 })) }];
    if (word.says === 'messages' && this.lies !== 'leader')
      return [{ ...word, messages: word.messages.map((each) => this.otherText(each)) }];
    return this.random.chance(0.5) ? [] : [word, word];
  }

  /** Something of its own accord. */
  act(residents: readonly Resident[]): void {
    const { member } = this.who;
    if (this.isTired || member === null || !this.who.isUp) return;
    const others = residents.filter((one) => one !== this.who);
    if (this.lies === 'leader' && member.isLeader && this.random.chance(0.05)) this.press(others);
    else if (this.lies === 'leader' && member.isLeader && this.random.chance(0.1)) this.equivocate(others);
    if (this.lies === 'member' && this.random.chance(0.2)) this.claim(others);
    if (this.lies === 'removed' && member.me === null) this.insist(others);
  }

  /** Adds somebody who was never asked, by a consent it signs itself. */
  private press(others: readonly Resident[]): void {
    const { member } = this.who;
    const victim = others.find(({ user }) => member && !member.chain.members.has(user));
    if (!member || !victim) return;
    const { index, hash } = member.chain.place;
    const said = { group: this.who.group, by: victim.user, device: this.who.device.publicKey };
    const value = { ...said, head: { index, hash }, nonce: 'A'.repeat(22), at: 1 };
    const consent = signObject('consent', value, this.who.device, fakePrimitives);
    const signed = this.entry({ do: 'add', user: victim.user, record: victim.record, consent });
    for (const { user } of others)
      this.means.send(user, { says: 'entries', from: index + 1, entries: [signed], proofs: [], records: [] });
    this.means.tally.add('pressed');
  }

  /** Two entries for one place, each for some. */
  private equivocate(others: readonly Resident[]): void {
    const { member } = this.who;
    if (!member || member.peers.length < 2) return;
    const victims = this.random.chance(0.5) ? member.peers.slice(0, 2) : member.peers.slice(-2);
    const entries = victims.map(({ user }) => this.entry({ do: 'remove', user, cut: [] }));
    others.forEach(({ user }, nth) => {
      const signed = entries[nth % entries.length];
      if (!signed) return;
      const from = member.chain.place.index + 1;
      this.means.send(user, { says: 'entries', from, entries: [signed], proofs: [], records: [] });
      this.means.send(user, { says: 'statement', type: 'adopted', signed: this.adopted(signed, from) });
    });
    this.means.tally.add('equivocations');
  }

  /** "I have it", whatever it is. */
  private adopted(entry: Signed, index: number): Signed {
    const { group, device, member } = this.who;
    const place = { index, term: member?.chain.term ?? 0, hash: objectId('group', entry.payload, fakePrimitives) };
    const said = { group, by: this.user, device: device.publicKey, ...place };
    return signObject('adopted', said, device, fakePrimitives);
  }

  /** Votes for everybody, a term nobody gave it, entries nobody made it write. */
  private claim(others: readonly Resident[]): void {
    const { member } = this.who;
    if (!member) return;
    const to = this.random.pick(others).user;
    const term = member.chain.term + this.random.whole(0, 3);
    const vote = {
      group: this.who.group,
      by: this.user,
      device: this.who.device.publicKey,
      term: Math.max(term, 1),
      candidate: to,
      head: member.chain.place,
    };
    const signed = signObject('vote', vote, this.who.device, fakePrimitives);
    this.means.send(to, { says: 'statement', type: 'vote', signed });
    this.means.send(to, {
      says: 'vote_wanted',
      term: Math.max(term, 1),
      head: { ...member.chain.place, index: member.chain.place.index + 5 },
    });
    const usurped = this.entry({ do: 'takeover', votes: [signed] }, Math.max(term, 1));
    this.means.send(to, {
      says: 'entries',
      from: member.chain.place.index + 1,
      entries: [usurped],
      proofs: [],
      records: [],
    });
    const removal = this.entry({ do: 'remove', user: to, cut: [] });
    this.means.send(to, {
      says: 'entries',
      from: member.chain.place.index + 1,
      entries: [removal],
      proofs: [],
      records: [],
    });
    const adopted = signObject(
      'adopted',
      {
        group: this.who.group,
        by: this.user,
        device: this.who.device.publicKey,
        ...member.chain.place,
        hash: this.who.group,
      },
      this.who.device,
      fakePrimitives,
    );
    this.means.send(to, { says: 'statement', type: 'adopted', signed: adopted });
    this.means.tally.add('lies');
  }

  /** Says on, asks on, and shows old traffic again. */
  private insist(others: readonly Resident[]): void {
    const { member } = this.who;
    if (!member) return;
    const to = this.random.pick(others).user;
    const last = this.who.shelf.lane(this.who.device.publicKey, 0, 1_000).at(-1);
    this.means.send(to, { says: 'want', have: [], past: false });
    this.means.send(to, { says: 'messages', messages: this.heard.slice(-5), more: false });
    if (last) {
      const before = JSON.parse(last.signed.payload) as GroupMessage;
      const next = { ...before, seq: before.seq + 1, previous: last.id, text: `${this.user} is still here` };
      const signed = signObject('group_message', next, this.who.device, fakePrimitives);
      this.means.send(to, { says: 'messages', messages: [signed], more: false });
    }
    this.means.tally.add('insisted');
  }

  private otherText(signed: Signed): Signed {
    const message = JSON.parse(signed.payload) as GroupMessage;
    if (message.by !== this.user) return signed;
    return signObject('group_message', { ...message, text: 'something else' }, this.who.device, fakePrimitives);
  }

  private entry(op: Entry['op'], term = this.who.member?.chain.term ?? 0): Signed {
    const { index, hash } = this.who.member?.chain.place ?? { index: 0, hash: '' };
    const entry = {
      group: this.who.group,
      index: index + 1,
      previous: hash,
      term,
      op,
      at: 1,
      by: this.user,
      device: this.who.device.publicKey,
    };
    return signObject('group', entry, this.who.device, fakePrimitives);
  }
}
