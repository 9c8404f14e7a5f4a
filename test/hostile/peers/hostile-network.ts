// A hostile network against the core of a name server: it registers names, opens sessions and sends letters as fast as
// the server lets it.

import type { CoreTestbed } from '../../nameserver/core-testbed.js';
import { Person } from '../../nameserver/person.js';

/** A body of the largest letter, as base64url. */
export const LARGE_BODY = 'A'.repeat(Math.floor((256 * 1_024 * 4) / 3));

export class HostileNetwork {
  private count = 0;

  /** `addressOf`: the address from which the nth connection comes. `network`: as the server counts it. */
  constructor(
    readonly testbed: CoreTestbed,
    private readonly network: string,
    private readonly addressOf: (nth: number) => string,
  ) {}

  /** A /24 of IPv4 addresses. */
  static ofIpv4(testbed: CoreTestbed, third = 0): HostileNetwork {
    return new HostileNetwork(testbed, `203.0.${third}.0/24`, (nth) => `203.0.${third}.${nth % 256}`);
  }

  /** A user with a fresh name. */
  newPerson(): Person {
    this.count += 1;
    return new Person(`m${this.network.replace(/[^0-9a-f]/g, '')}-${this.count}`);
  }

  /** Registers fresh names until one is refused, or `most` of them. Returns those that the server accepted. */
  registerNames(most: number): Person[] {
    const accepted: Person[] = [];
    for (let count = 0; count < most; count += 1) {
      const person = this.newPerson();
      if (this.register(person) !== 'new') break;
      accepted.push(person);
    }
    return accepted;
  }

  register(person: Person, options: { record?: unknown; invite?: string } = {}): string {
    const { record = person.record(), invite = null } = options;
    return this.testbed.register(person, record, { invite, network: this.network });
  }

  connect(person: Person): number {
    this.count += 1;
    return this.testbed.connect(person, this.addressOf(this.count));
  }

  /** Two users who have written to each other, and are no strangers any more. Both are offline afterwards. */
  befriend(one: Person, other: Person): void {
    const sessions = [this.connect(one), this.connect(other)];
    this.testbed.sendLetter(sessions[0] ?? 0, other, { fleeting: true });
    this.testbed.sendLetter(sessions[1] ?? 0, one, { fleeting: true });
    for (const session of sessions) this.testbed.put({ type: 'closed', session });
  }

  /** Sends large letters to an absent user until one is refused. Returns the bytes that the server holds, and why it stopped. */
  fillMailbox(from: Person, to: Person): { bytes: number; refusal: string } {
    const session = this.connect(from);
    for (let bytes = 0; ; bytes += LARGE_BODY.length) {
      const answer = this.testbed.sendLetter(session, to, { body: LARGE_BODY });
      if (answer === 'held') continue;
      this.testbed.put({ type: 'closed', session });
      return { bytes, refusal: answer };
    }
  }
}
