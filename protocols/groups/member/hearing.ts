// What others say in a group, and which part it concerns: entries prove themselves, everything else is heard from
// members only (SPEC GROUP-22).

import { never } from '../../kit/machine.js';
import type { Signed } from '../../kit/signed.js';
import type { GroupWord } from '../frames.js';
import { openStatement } from '../statements.js';
import type { Desk } from './desk.js';
import type { Following } from './following.js';
import type { Leading } from './leading.js';
import type { Recipients } from './recipients.js';
import type { Succession } from './succession.js';
import type { Syncing } from './syncing.js';

interface Parts {
  readonly following: Following;
  readonly leading: Leading;
  readonly succession: Succession;
  readonly recipients: Recipients;
  readonly syncing: Syncing;
}

export class Hearing {
  constructor(
    private readonly desk: Desk,
    private readonly parts: Parts,
  ) {}

  hear(from: string, word: GroupWord): void {
    // Entries prove themselves, whoever shows them: that is how one hears of members one has not heard of.
    if (word.says === 'entries') return this.shown(from, word);
    if (!this.desk.isPeer(from)) return this.hearStranger(from, word);
    switch (word.says) {
      case 'sync':
        return this.stands(from, word);
      case 'messages':
        return this.parts.syncing.came(from, word);
      case 'want':
        return this.parts.syncing.asked(from, word);
      case 'have':
        this.parts.syncing.has(from, word.have);
        return this.parts.recipients.has(from, this.mine(word.have));
      case 'statement':
        return this.said(from, word);
      case 'proof':
        return void this.parts.following.prove(word.proofs);
      case 'vote_wanted':
        return this.parts.succession.asked(from, word.term, word.head);
      case 'fork':
        if (this.parts.following.accused(word.entries)) this.desk.spread(word, from);
        return;
      default:
        return never(word);
    }
  }

  /** Who left, or was removed, may learn that; who is unknown here, nothing. */
  private hearStranger(from: string, word: GroupWord): void {
    if (word.says === 'sync') this.parts.syncing.farewell(from, word);
    // One who was removed in an entry that is still pending may be needed to ratify it.
    const isNeeded = word.says === 'statement' && word.type !== 'here' && word.type !== 'transfer';
    if (isNeeded) this.said(from, word);
  }

  private shown(from: string, word: Extract<GroupWord, { says: 'entries' }>): void {
    const isBehind = this.desk.chain.at(word.from) === null && this.desk.chain.at(word.from - 1) === null;
    if (isBehind) return this.desk.isPeer(from) ? this.parts.syncing.greet(from, false) : undefined;
    if (this.parts.following.shown(word)) this.parts.succession.look();
  }

  private stands(from: string, word: Extract<GroupWord, { says: 'sync' }>): void {
    if (word.adopted) this.parts.following.heard(word.adopted);
    if (word.here) this.heardHere(from, word.here);
    this.parts.syncing.heard(from, word);
    this.parts.recipients.has(from, this.mine(word.have));
    this.parts.succession.heardPromise(word.promised);
    this.parts.leading.reported(from, word.orphans);
  }

  private mine(have: readonly { device: string; seq: number }[]): number {
    return have.find(({ device }) => device === this.desk.self.device.publicKey)?.seq ?? 0;
  }

  private said(from: string, { type, signed }: Extract<GroupWord, { says: 'statement' }>): void {
    switch (type) {
      case 'adopted':
        return this.parts.following.heard(signed);
      case 'here':
        return this.heardHere(from, signed);
      case 'leave':
        return this.heardFarewell(from, signed);
      case 'transfer':
        if (this.parts.succession.heardTransfer(signed)) this.desk.spread({ says: 'statement', type, signed }, from);
        return;
      case 'vote':
        return this.parts.succession.heardVote(signed);
      default:
        return never(type);
    }
  }

  private heardHere(from: string, signed: Signed): void {
    if (this.parts.succession.heardHere(signed)) this.desk.spread({ says: 'statement', type: 'here', signed }, from);
  }

  /** SPEC GROUP-21. */
  private heardFarewell(from: string, signed: Signed): void {
    const { desk } = this;
    const said = openStatement('leave', signed, desk.tools.primitives);
    const member = said && desk.chain.members.get(said.by);
    if (said === null || !member || said.group !== desk.group || said.member !== member.by) return;
    if (!desk.chain.roster.owns(said.by, member.key, said.device) || desk.farewellOf(member) !== null) return;
    desk.memory.farewells.push(signed);
    desk.spread({ says: 'statement', type: 'leave', signed }, from);
    desk.do({ kind: 'changed' });
  }
}
