// A simulated user: gives its client random commands and reports all commands, answers and events to the oracle.

import type { Answer, Answers } from '../../../protocols/control/answer.js';
import type { ClientEvent } from '../../../protocols/control/event.js';
import type { FriendSummary } from '../../../protocols/control/commands/people.js';
import type { HistoryMessage, OutboxMessage } from '../../../protocols/control/commands/messages.js';
import type { Command } from '../../../protocols/control/command.js';
import type { Random } from '../kernel/random.js';
import type { RunContext } from '../network/network-model.js';
import type { Checker } from '../oracle/checker.js';
import type { UserView } from '../oracle/end.js';
import type { ClientObserver } from '../hosts/client-program.js';
import { drawAction, type UserAction, type ActionWeights } from './user-actions.js';

/** The client of the user; commands are ignored while it is down. */
export interface ClientHandle {
  readonly isUp: boolean;
  command(command: Command): void;
}

export interface UserProfile {
  readonly name: string;
  readonly others: readonly string[];
  readonly weights: ActionWeights;
  readonly paceMs: number;
}

const SENDS_MAX = 200;
const ACTIONS_MAX = 250;
const HISTORY_LIMIT = 1_000;
const LONG_TEXT_LETTERS = 15_000;

export class SimulatedUser implements ClientObserver {
  private readonly random: Random;
  private isActive = true;
  private wantsOnline = true;
  private isOnline = false;
  private sends = 0;
  private actions = 0;
  /** Current friends, as announced by the client. */
  private readonly friendNames = new Set<string>();
  private ids: string[] = [];
  /** Own posts. */
  private readonly posts: string[] = [];
  private offered: { user: string; id: string } | null = null;
  private friends: readonly FriendSummary[] = [];
  private outbox: readonly OutboxMessage[] = [];
  private requests: readonly string[] = [];
  private readonly histories = new Map<string, readonly HistoryMessage[]>();

  constructor(
    private readonly run: RunContext,
    private readonly profile: UserProfile,
    private readonly checker: Checker,
    private readonly client: () => ClientHandle,
  ) {
    this.random = run.random.fork(`persona ${profile.name}`);
  }

  start(): void {
    const pace = () => this.random.between(0, 2 * this.profile.paceMs);
    this.run.timeline.every(
      () => (this.isActive ? pace() : null),
      () => this.act(),
    );
    this.run.timeline.every(
      () => this.random.between(1_000, 10_000),
      () => this.keepOnline(),
    );
    this.keepOnline();
  }

  /** From now on the user only keeps its client online. */
  stopActing(): void {
    this.isActive = false;
    this.wantsOnline = true;
  }

  /** Sends one more message. */
  sendTo(user: string): void {
    this.send({ type: 'say', user, text: `${this.profile.name} to ${user}, at last` });
  }

  /** Asks the client for all lists and histories; the answers are in `view` soon after. */
  refreshView(): void {
    this.send({ type: 'list' });
    this.send({ type: 'outbox' });
    this.send({ type: 'requests' });
    for (const user of this.profile.others) this.send({ type: 'history', user, limit: HISTORY_LIMIT, before: null });
  }

  view(): UserView {
    const { friends, histories, outbox, requests } = this;
    return { user: this.profile.name, friends, histories, outbox, requests };
  }

  answered(command: Command, answer: Answer): void {
    this.checker.answered(this.profile.name, command, answer);
    if (!answer.ok) return;
    const { data } = answer;
    if (command.type === 'say' && 'id' in data) this.ids.push(data.id);
    if ((command.type === 'post_text' || command.type === 'post_upload') && 'post' in data) this.posts.push(data.post);
    if (command.type === 'list') this.friends = (data as Answers['list']).friends;
    if (command.type === 'requests') this.requests = (data as Answers['requests']).requests.map(({ from }) => from);
    if (command.type === 'outbox') this.outbox = (data as Answers['outbox']).messages;
    if (command.type === 'history') this.histories.set(command.user, (data as Answers['history']).messages);
  }

  happened(event: ClientEvent): void {
    this.checker.observed(this.profile.name, event);
    if (event.event === 'connection') this.isOnline = event.state !== 'offline';
    if (event.event === 'post') this.offered = { user: event.from, id: event.post };
    if (event.event === 'friend_added') this.friendNames.add(event.user);
    if (event.event === 'friend_removed') this.friendNames.delete(event.user);
    if (event.event === 'group_invite') this.send({ type: 'accept', user: event.group });
    if (event.event === 'friend_request' && this.random.chance(0.8)) this.send({ type: 'accept', user: event.from });
  }

  crashed(): void {
    this.isOnline = false;
    this.checker.crashed(this.profile.name);
  }

  turnEnded(): void {
    this.checker.turnEnded(this.profile.name);
  }

  /** Goes online again if the client went offline by itself. */
  private keepOnline(): void {
    if (this.wantsOnline && !this.isOnline) this.send({ type: 'online', acceptServer: false });
    if (!this.wantsOnline && this.random.chance(0.5)) this.wantsOnline = true;
  }

  private act(): void {
    if (!this.isActive || !this.client().isUp || this.actions >= ACTIONS_MAX) return;
    this.actions += 1;
    this.perform(drawAction(this.profile.weights, this.random));
  }

  private perform(action: UserAction): void {
    const user = this.pickUser(action);
    switch (action) {
      case 'say':
        return this.sendMessage('say', user);
      case 'burst':
        for (let left = this.random.whole(2, 30); left > 0; left -= 1) this.sendMessage('say', user);
        return;
      case 'quick':
        return this.sendMessage('message', user);
      case 'cancel':
        if (this.ids.length > 0) this.send({ type: 'cancel', id: this.random.pick(this.ids.slice(-5)) });
        return;
      case 'look':
        return this.send(this.random.pick<Command>([{ type: 'list' }, { type: 'outbox' }, { type: 'requests' }]));
      case 'read':
        this.send({ type: 'connect', user });
        return this.send({ type: 'leave' });
      case 'goOffline':
        this.wantsOnline = false;
        return this.send({ type: 'offline' });
      case 'post':
        return this.post();
      case 'unpost':
        if (this.posts.length > 0) this.send({ type: 'post_remove', id: this.random.pick(this.posts) });
        return;
      case 'fetch':
        return this.fetch();
      case 'add':
        return this.send({ type: 'add', user, note: 'hello' });
      default:
        return this.send({ type: action, user });
    }
  }

  /** Mostly a friend; sometimes any user, so that refusals occur. */
  private pickUser(action: UserAction): string {
    const isTalk = action === 'say' || action === 'burst' || action === 'quick' || action === 'read';
    const toFriend = isTalk && this.friendNames.size > 0 && this.random.chance(0.9);
    return this.random.pick(toFriend ? [...this.friendNames] : this.profile.others);
  }

  private sendMessage(how: 'say' | 'message', user: string): void {
    if (this.sends >= SENDS_MAX) return;
    this.sends += 1;
    const start = `${this.profile.name} to ${user} #${this.sends}`;
    const isLong = how === 'say' && this.random.chance(0.003);
    this.send({
      type: how,
      user,
      text: isLong ? start.padEnd(this.random.whole(100, LONG_TEXT_LETTERS), '.') : start,
    });
  }

  private post(): void {
    this.sends += 1;
    const text = `post ${this.sends} of ${this.profile.name}`;
    if (this.random.chance(0.5)) return this.send({ type: 'post_text', text });
    this.send({ type: 'post_upload', path: text, title: null, isReshared: this.random.chance(0.5) });
  }

  private fetch(): void {
    if (this.offered) this.send({ type: 'post_get', ...this.offered, to: null, force: false });
  }

  /** Gives the client a command, as the terminal does. */
  send(command: Command): void {
    const desk = this.client();
    if (!desk.isUp) return;
    this.checker.commanded(this.profile.name, command);
    desk.command(command);
  }
}
