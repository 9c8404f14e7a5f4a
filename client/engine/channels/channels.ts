// Channels: carries out the commands about them, and notifies the user of what happens there.

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
import type { CommandOf, Part } from '../core/part.js';
import type { LookAlikes } from '../identity/look-alikes.js';
import type { People } from '../identity/people.js';
import { ChannelClientHost } from './channel-client-host.js';
import { RenewedMemberships } from './renewed-memberships.js';
import { SpeakerIdentity } from './speaker-identity.js';

type ClientCommand = Exclude<ChannelCommand, { type: 'channels' }>;

/** As `ref`: no command waits for the answer. */
const NO_REF = 0;

export class Channels implements Part {
  readonly commands = {
    channels: (ref: number) => this.list(ref),
    join: (ref: number, command: CommandOf<'join'>) =>
      this.request(ref, command, { type: 'join', ref, channel: command.channel }),
    part: (ref: number, command: CommandOf<'part'>) =>
      this.put(ref, command, { type: 'part', ref, channel: command.channel }),
    channel: (ref: number, command: CommandOf<'channel'>) =>
      this.request(ref, command, { type: 'send', ref, channel: command.channel, text: command.text }),
    private: (ref: number, command: CommandOf<'private'>) => this.directMessage(ref, command),
  };
  readonly inputs: ChannelClientHost['inputs'];
  readonly on = {
    awake: () => this.reconnect(),
    asleep: () => this.disconnect(),
    online: () => this.rejoin(),
  };
  private readonly client: ChannelClientHost;
  private readonly speakers: SpeakerIdentity;
  private readonly memberships: RenewedMemberships;
  /** Commands without an answer. */
  private readonly asked = new Map<number, { command: ClientCommand; key: string }>();
  /** The connection was open, and the user was not notified of its end. */
  private wasOpen = false;

  constructor(
    private readonly context: Context,
    private readonly parts: { readonly people: People; readonly lookAlikes: LookAlikes; readonly session: Session },
  ) {
    this.speakers = new SpeakerIdentity(context, parts.people);
    this.memberships = new RenewedMemberships(context);
    this.client = new ChannelClientHost(context, {
      answered: (ref, answer) => this.answered(ref, answer),
      event: (event) => this.event(event),
      mayHear: (key) => !this.isBlocked(key),
    });
    this.inputs = this.client.inputs;
  }

  private reconnect(): void {
    if (this.client.machine.channels().length > 0) this.client.put({ type: 'connect' });
  }

  private disconnect(): void {
    this.wasOpen = false;
    this.client.put({ type: 'disconnect' });
  }

  /** A new device takes over: it will join the same channels. */
  keepMemberships(): void {
    this.memberships.leave(this.client.machine.channels().map(({ channel }) => channel));
  }

  /** The name server has our record and admits this device: it joins the channels of the device before it. */
  private rejoin(): void {
    const channels = this.memberships.take();
    if (channels.length > 0) this.client.put({ type: 'connect' });
    for (const channel of channels) this.client.put({ type: 'join', ref: NO_REF, channel });
  }

  private list(ref: number): void {
    const { machine } = this.client;
    const channels = machine.channels().map((presence) => this.summary(presence));
    this.context.succeed(ref, 'channels', { connection: machine.connectionState, channels });
  }

  private directMessage(ref: number, command: CommandOf<'private'>): void {
    const { machine } = this.client;
    const here = machine.channels().flatMap((presence) => presence.here);
    const known = new Map([...machine.known(), ...here].map((visitor) => [visitor.key, visitor]));
    const found = this.parts.session.isWanted ? this.speakers.find(command.to, [...known.values()]) : null;
    if (found === null) return this.context.refuseWith(ref, 'NOT_ONLINE');
    if (found instanceof Refusal) return this.context.refuse(ref, found);
    if (this.isBlocked(found.key)) return this.context.refuseWith(ref, 'BLOCKED', found.name);
    this.request(ref, { ...command, to: found.name }, { type: 'send_direct', ref, to: found.key, text: command.text });
  }

  /** Commands that need the server; the first of them opens the connection. */
  private request(ref: number, command: ClientCommand, input: ChannelClientInput): void {
    if (!this.parts.session.isWanted) return this.context.refuseWith(ref, 'NOT_ONLINE');
    if (command.type !== 'channel') this.client.put({ type: 'connect' });
    this.put(ref, command, input);
  }

  private put(ref: number, command: ClientCommand, input: ChannelClientInput): void {
    this.asked.set(ref, { command, key: input.type === 'send_direct' ? input.to : '' });
    this.client.put(input);
  }

  private answered(ref: number, answer: ChannelClientAnswer): void {
    const asked = this.asked.get(ref);
    this.asked.delete(ref);
    if (!asked) return this.returned(answer);
    if (!answer.ok) return this.context.refuse(ref, answer.refusal);
    const { command, key } = asked;
    switch (answer.type) {
      case 'joined':
        return this.context.succeed(ref, 'join', this.summary(answer.presence));
      case 'parted':
        return this.context.succeed(ref, 'part', { channel: channelOf(command) });
      case 'sent': {
        const id = this.idOf(this.context.me.device.publicKey, this.client.clientSession, answer.counter);
        return this.context.succeed(ref, 'channel', { channel: channelOf(command), id, at: isoTime(answer.at) });
      }
      case 'direct_delivered': {
        const to = command.type === 'private' ? command.to : '';
        return this.context.succeed(ref, 'private', { to, key, id: answer.id, state: 'delivered' });
      }
    }
  }

  /** The answer to a join that no command asked for: the device before this one was in that channel. */
  private returned(answer: ChannelClientAnswer): void {
    if (!answer.ok) return this.context.warnRefusal(answer.refusal);
    if (answer.type === 'joined') this.missed(answer.presence.channel, this.context.now - this.memberships.leftAt);
  }

  private missed(channel: string, awayMs: number): void {
    this.context.warnRefusal(new Refusal('CHANNEL_MISSED', `#${channel} for ${seconds(awayMs)}`));
  }

  private event(event: ChannelClientEvent): void {
    switch (event.type) {
      case 'message':
        return this.message(event);
      case 'direct_message': {
        const { id, text, from, at } = event;
        this.context.notify({ event: 'private', id, text, ...this.speakers.describe(from) }, at);
        return this.parts.lookAlikes.check(from.name, from.key);
      }
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
        return; // the command `channels` shows it
      default:
        return assertNever(event);
    }
  }

  /** A message of this run was the answer to its command; one of another program of ours is an event. */
  private message({ from, clientSession, counter, ...said }: Extract<ChannelClientEvent, { type: 'message' }>): void {
    if (clientSession === this.client.clientSession && from.key === this.context.me.device.publicKey) return;
    const id = this.idOf(from.key, clientSession, counter);
    const { channel, text, at } = said;
    this.context.notify({ event: 'channel', id, channel, text, ...this.speakers.describe(from) }, at);
    this.parts.lookAlikes.check(from.name, from.key);
  }

  private connection({ state }: Extract<ChannelClientEvent, { type: 'connection' }>): void {
    if (state === 'open') this.wasOpen = true;
    if ((state !== 'away' && state !== 'refused') || !this.wasOpen) return;
    this.wasOpen = false;
    this.context.warnRefusal(new Refusal('CHANNEL_AWAY', this.context.options.server));
  }

  private summary(presence: ChannelPresence): ChannelSummary {
    const { channel, count, elsewhere } = presence;
    const here = presence.here.map((visitor) => this.speakers.describe(visitor));
    return { channel, joined: this.client.machine.isIn(channel), here, count, elsewhere };
  }

  /** Every receiver computes the same id. */
  private idOf(key: string, clientSession: string, counter: number): string {
    return objectId('channel_message', `${key} ${clientSession} ${counter}`, this.context.primitives);
  }

  private isBlocked(key: string): boolean {
    const user = this.parts.people.ownerOf(key);
    return user !== null && this.parts.people.get(user)?.blocked === true;
  }
}

function channelOf(command: ClientCommand): string {
  return 'channel' in command ? command.channel : '';
}

/** `12 s`, `3 min` */
function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.ceil(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}
