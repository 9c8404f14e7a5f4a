// The client, pure: every input goes to the part it concerns, every fact to the parts that care. It routes and does
// nothing else.

import { isOfPosts } from './core/post-io.js';
import { assertNever, type Instant, type Machine } from '../../protocols/kit/machine.js';
import { Context, type EngineDependencies } from './core/context.js';
import { routeCommand } from './route-command.js';
import { routeFact } from './route-fact.js';
import { buildParts, type Parts } from './parts.js';
import type { PassedFrame } from './server/session.js';
import type { Effect, Input } from './core/io.js';

export class Engine implements Machine<Input, Effect> {
  private readonly context: Context;
  private readonly parts: Parts;

  /** `now`: when it is built; a client that starts for the first time signs its record with it. */
  constructor(surroundings: EngineDependencies & { readonly now: Instant }) {
    this.context = new Context(surroundings);
    this.context.now = surroundings.now;
    this.parts = buildParts(this.context, (frame) => this.sessionFrame(frame));
  }

  handle(input: Input, now: Instant): Effect[] {
    this.context.now = now;
    this.route(input);
    for (let fact = this.context.nextFact(); fact; fact = this.context.nextFact()) routeFact(this.parts, fact);
    return this.context.takeEffects();
  }

  wakeAt(): Instant | null {
    return this.context.alarms.wakeAt();
  }

  private route(input: Input): void {
    const { context, parts } = this;
    switch (input.type) {
      case 'wake':
        return context.alarms.ring(context.now);
      case 'turn_over':
        return this.turnOver();
      case 'command':
        return routeCommand(parts, input.ref, input.command);
      case 'network':
        return parts.reach.network(input.endpoints);
      case 'answered':
        return context.answered(input.ref, input.answer);
      case 'sealed':
        return context.cameBack(input.ref, input.body);
      case 'unsealed':
        return context.cameBack(input.ref, input.plain);
      case 'session_opened':
        return parts.session.opened(input.session);
      case 'session_frame':
        return parts.session.frame(input.session, input.frame);
      case 'session_closed':
        return parts.session.closed(input.session, input.reason);
      case 'channel_opened':
      case 'channel_frame':
      case 'channel_closed':
      case 'channel_refused':
        return parts.channels.input(input);
      default:
        return isOfPosts(input) ? parts.posts.input(input) : this.routeLink(input);
    }
  }

  private routeLink(input: Extract<Input, { type: `link_${string}` | 'dial_failed' | 'datagram' }>): void {
    const { links, quick, reach } = this.parts;
    switch (input.type) {
      case 'link_opened':
        return links.opened(input, input.dial === null ? null : reach.takeDial(input.dial));
      case 'dial_failed':
        return void reach.takeDial(input.dial);
      case 'link_frame':
        return links.frame(input.link, input.frame);
      case 'link_closed':
        return links.closed(input.link);
      case 'datagram':
        return quick.datagram(input.from, input.bytes);
      default:
        return assertNever(input);
    }
  }

  /** What the session does not deal with itself. */
  private sessionFrame(frame: PassedFrame): void {
    switch (frame.type) {
      case 'presence':
        return this.parts.presence.frame(frame);
      case 'accepted':
      case 'rejected':
        return this.parts.mail.answered(frame);
      case 'deliver':
        return this.parts.incomingMail.arrived(frame);
    }
  }

  /** What a turn stored is acknowledged together, what it wrote is sent together. */
  private turnOver(): void {
    this.parts.inbox.flush();
    this.parts.groups.flush();
    this.parts.reading.flush();
    this.parts.outbox.flush();
    this.parts.hold.flush();
    this.parts.posts.flush();
    this.parts.departure.flush();
  }
}
