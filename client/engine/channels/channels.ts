// Channels of the client: the commands about them, and what happened there, as a face hears it.

import type { ChannelCommand, ChannelSummary } from '../../../protocols/control/commands/channels.js';
import type {
  ChannelPresence,
  ChannelClientAnswer,
  ChannelClientInput,
  ChannelClientEvent,
} from '../../../protocols/channels/client/io.js';
import { assertNever } from '../../../protocols/kit/machine.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { objectId } from '../../../protocols/kit/signed.js';
import type { Session } from '../server/session.js';
import { isoTime, type Context } from '../core/context.js';
import type { Input } from '../core/io.js';
import type { People } from '../identity/people.js';
import { ChannelClientHost } from './channel-client-host.js';
import { RenewedMemberships } from './renewed-memberships.js';
import { SpeakerIdentity } from './speaker-identity.js';

type Wish = Exclude<ChannelCommand, { type: 'channels' }>;

/** As `ref`: no face waits for the answer. */
const NOBODY = 0;

export class Channels {
  private readonly visit: ChannelClientHost;
  private readonly voices: SpeakerIdentity;
  private readonly legacy: RenewedMemberships;
  /** Commands without an answer. */
  private readonly asked = new Map<number, { command: Wish; key: string }>();
  /** It was open since we wanted it to be, and that it no longer is has not been told. */
  private wasOpen = false;

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly session: Session,
  ) {
    this.voices = new SpeakerIdentity(context, people);
    this.legacy = new RenewedMemberships(context);
    this.visit = new ChannelClientHost(context, {
      answered: (ref, answer) => this.answered(ref, answer),
      event: (event) => this.event(event),
      mayHear: (key) => !this.isBlocked(key),
    });
  }

  command(ref: number, command: ChannelCommand): void {
    switch (command.type) {
      case 'channels':
        return this.list(ref);
      case 'join':
        return this.wish(ref, command, { type: 'join', ref, channel: command.channel });
      case 'part':
        return this.put(ref, command, { type: 'part', ref, channel: command.channel });
      case 'channel':
        return this.wish(ref, command, { type: 'send', ref, channel: command.channel, text: command.text });
      case 'private':
        return this.whisper(ref, command);
      default:
        return assertNever(command);
    }
  }

  input(input: Extract<Input, { type: `channel_${string}` }>): void {
    this.visit.connection(input);
  }

  /** Online again: back to where we were. */
  awake(): void {
    if (this.visit.machine.channels().length > 0) this.visit.put({ type: 'connect' });
  }

  asleep(): void {
    this.wasOpen = false;
    this.visit.put({ type: 'disconnect' });
  }

  /** Another device of ours takes over. */
  retired(): void {
    this.legacy.leave(this.visit.machine.channels().map(({ channel }) => channel));
  }

  /** The name server has our record: a new device, not let in before under our name, goes where the old one was. */
  online(): void {
    const channels = this.legacy.take();
    if (channels.length > 0) this.visit.put({ type: 'connect' });
    for (const channel of channels) this.visit.put({ type: 'join', ref: NOBODY, channel });
  }

  private list(ref: number): void {
    const { machine } = this.visit;
    const channels = machine.channels().map((presence) => this.line(presence));
    this.context.succeed(ref, 'channels', { connection: machine.connectionState, channels });
  }

  private whisper(ref: number, command: Extract<ChannelCommand, { type: 'private' }>): void {
    const { machine } = this.visit;
    const here = machine.channels().flatMap((presence) => presence.here);
    const known = new Map([...machine.known(), ...here].map((visitor) => [visitor.key, visitor]));
    const found = this.session.isWanted ? this.voices.find(command.to, [...known.values()]) : null;
    if (found === null) return this.context.refuseWith(ref, 'NOT_ONLINE');
    if (found instanceof Refusal) return this.context.refuse(ref, found);
    if (this.isBlocked(found.key)) return this.context.refuseWith(ref, 'BLOCKED', found.name);
    this.wish(ref, { ...command, to: found.name }, { type: 'send_direct', ref, to: found.key, text: command.text });
  }

  /** What needs a server; the first of these opens the door. */
  private wish(ref: number, command: Wish, input: ChannelClientInput): void {
    if (!this.session.isWanted) return this.context.refuseWith(ref, 'NOT_ONLINE');
    if (command.type !== 'channel') this.visit.put({ type: 'connect' });
    this.put(ref, command, input);
  }

  private put(ref: number, command: Wish, input: ChannelClientInput): void {
    this.asked.set(ref, { command, key: input.type === 'send_direct' ? input.to : '' });
    this.visit.put(input);
  }

  private answered(ref: number, answer: ChannelClientAnswer): void {
    const asked = this.asked.get(ref);
    this.asked.delete(ref);
    if (!asked) return this.returned(answer);
    if (!answer.ok) return this.context.refuse(ref, answer.refusal);
    const { command, key } = asked;
    switch (answer.type) {
      case 'joined':
        return this.context.succeed(ref, 'join', this.line(answer.presence));
      case 'parted':
        return this.context.succeed(ref, 'part', { channel: channelOf(command) });
      case 'sent': {
        const id = this.idOf(this.context.me.device.publicKey, this.visit.life, answer.counter);
        return this.context.succeed(ref, 'channel', { channel: channelOf(command), id, at: isoTime(answer.at) });
      }
      case 'direct_delivered': {
        const to = command.type === 'private' ? command.to : '';
        return this.context.succeed(ref, 'private', { to, key, id: answer.id, state: 'delivered' });
      }
    }
  }

  /** What became of a channel that the device before us was in. */
  private returned(answer: ChannelClientAnswer): void {
    if (!answer.ok) return this.context.warnRefusal(answer.refusal);
    if (answer.type === 'joined') this.missed(answer.presence.channel, this.context.now - this.legacy.leftAt);
  }

  private missed(channel: string, awayMs: number): void {
    this.context.warnRefusal(new Refusal('CHANNEL_MISSED', `#${channel} for ${seconds(awayMs)}`));
  }

  private event(event: ChannelClientEvent): void {
    switch (event.type) {
      case 'message':
        return this.said(event);
      case 'direct_message':
        return this.context.tell(
          { event: 'private', id: event.id, text: event.text, ...this.voices.describe(event.from) },
          event.at,
        );
      case 'connection':
        return this.connection(event);
      case 'missed':
        return this.missed(event.channel, event.awayMs);
      case 'removed':
        return this.context.warnRefusal(event.refusal);
      case 'clock_mismatch':
        return this.context.warnRefusal(new Refusal('CHANNEL_UNTIMELY', seconds(Math.abs(event.aheadMs))));
      case 'forgery':
        return this.context.warnRefusal(new Refusal('CHANNEL_FORGERY', event.what));
      case 'presence':
        return; // told where somebody asks for it
      default:
        return assertNever(event);
    }
  }

  /** Our own words are the answer to the command that said them; those of another program of ours are events. */
  private said({
    from,
    clientSession: life,
    counter,
    channel,
    text,
    at,
  }: Extract<ChannelClientEvent, { type: 'message' }>): void {
    if (life === this.visit.life && from.key === this.context.me.device.publicKey) return;
    const id = this.idOf(from.key, life, counter);
    this.context.tell({ event: 'channel', id, channel, text, ...this.voices.describe(from) }, at);
  }

  private connection({ state }: Extract<ChannelClientEvent, { type: 'connection' }>): void {
    if (state === 'open') this.wasOpen = true;
    if ((state !== 'away' && state !== 'refused') || !this.wasOpen) return;
    this.wasOpen = false;
    this.context.warnRefusal(new Refusal('CHANNEL_AWAY', this.context.options.server));
  }

  private line(presence: ChannelPresence): ChannelSummary {
    const { channel, count, elsewhere } = presence;
    const here = presence.here.map((visitor) => this.voices.describe(visitor));
    return { channel, joined: this.visit.machine.isIn(channel), here, count, elsewhere };
  }

  /** The same for everybody who heard it. */
  private idOf(key: string, life: string, counter: number): string {
    return objectId('channel_message', `${key} ${life} ${counter}`, this.context.primitives);
  }

  private isBlocked(key: string): boolean {
    const user = this.people.ownerOf(key);
    return user !== null && this.people.get(user)?.blocked === true;
  }
}

function channelOf(command: Wish): string {
  return 'channel' in command ? command.channel : '';
}

/** `12 s`, `3 min` */
function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.ceil(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}
