// A person at a client: does what people do, at their own pace, and tells the oracle all they asked and saw.

import type {
  Answer,
  Answers,
  ClientEvent,
  FriendSummary,
  HistoryMessage,
  OutboxMessage,
} from '../../../protocols/control/answer.js';
import type { Command } from '../../../protocols/control/command.js';
import type { Random } from '../kernel/random.js';
import type { Run } from '../network/ground.js';
import type { Checker } from '../oracle/checker.js';
import type { View } from '../oracle/end.js';
import type { Face } from '../hosts/client-program.js';
import { drawDeed, type Deed, type Likings } from './habits.js';

/** The client in front of a person: it takes a command now, or is down and takes none. */
export interface Desk {
  readonly isUp: boolean;
  command(command: Command): void;
}

export interface Character {
  readonly name: string;
  readonly others: readonly string[];
  readonly likings: Likings;
  readonly paceMs: number;
}

const SENDS_MAX = 200;
const DEEDS_MAX = 250;
const HISTORY_LIMIT = 1_000;
const LONG_TEXT_LETTERS = 15_000;

export class Persona implements Face {
  private readonly random: Random;
  private isActive = true;
  private wantsOnline = true;
  private isOnline = false;
  private sends = 0;
  private deeds = 0;
  /** Who is a friend, as far as the client has told. */
  private readonly known = new Set<string>();
  private ids: string[] = [];
  /** My own, and the latest of friends. */
  private readonly posts: string[] = [];
  private offered: { user: string; id: string } | null = null;
  private friends: readonly FriendSummary[] = [];
  private outbox: readonly OutboxMessage[] = [];
  private requests: readonly string[] = [];
  private readonly histories = new Map<string, readonly HistoryMessage[]>();

  constructor(
    private readonly run: Run,
    private readonly character: Character,
    private readonly checker: Checker,
    private readonly desk: () => Desk,
  ) {
    this.random = run.random.fork(`persona ${character.name}`);
  }

  begin(): void {
    const pace = () => this.random.between(0, 2 * this.character.paceMs);
    this.run.timeline.every(
      () => (this.isActive ? pace() : null),
      () => this.act(),
    );
    this.run.timeline.every(
      () => this.random.between(1_000, 10_000),
      () => this.insist(),
    );
    this.insist();
  }

  /** From now on only sees to it that the client is online. */
  calmDown(): void {
    this.isActive = false;
    this.wantsOnline = true;
  }

  /** Says one thing more. */
  greet(user: string): void {
    this.order({ type: 'say', user, text: `${this.character.name} to ${user}, at last` });
  }

  /** Asks the client for everything it knows; the answers are in `view` soon after. */
  lookAround(): void {
    this.order({ type: 'list' });
    this.order({ type: 'outbox' });
    this.order({ type: 'requests' });
    for (const user of this.character.others) this.order({ type: 'history', user, limit: HISTORY_LIMIT, before: null });
  }

  view(): View {
    const { friends, histories, outbox, requests } = this;
    return { user: this.character.name, friends, histories, outbox, requests };
  }

  answered(command: Command, answer: Answer): void {
    this.checker.answered(this.character.name, command, answer);
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
    this.checker.happened(this.character.name, event);
    if (event.event === 'connection') this.isOnline = event.state !== 'offline';
    if (event.event === 'post') this.offered = { user: event.from, id: event.post };
    if (event.event === 'friend_added') this.known.add(event.user);
    if (event.event === 'friend_removed') this.known.delete(event.user);
    if (event.event === 'friend_request' && this.random.chance(0.8)) this.order({ type: 'accept', user: event.from });
  }

  died(): void {
    this.isOnline = false;
    this.checker.died(this.character.name);
  }

  rested(): void {
    this.checker.rested(this.character.name);
  }

  /** People whose client is offline against their will type `online` again. */
  private insist(): void {
    if (this.wantsOnline && !this.isOnline) this.order({ type: 'online', acceptServer: false });
    if (!this.wantsOnline && this.random.chance(0.5)) this.wantsOnline = true;
  }

  private act(): void {
    if (!this.isActive || !this.desk().isUp || this.deeds >= DEEDS_MAX) return;
    this.deeds += 1;
    this.perform(drawDeed(this.character.likings, this.random));
  }

  private perform(deed: Deed): void {
    const user = this.somebody(deed);
    switch (deed) {
      case 'say':
        return this.speak('say', user);
      case 'burst':
        for (let left = this.random.whole(2, 30); left > 0; left -= 1) this.speak('say', user);
        return;
      case 'quick':
        return this.speak('message', user);
      case 'cancel':
        if (this.ids.length > 0) this.order({ type: 'cancel', id: this.random.pick(this.ids.slice(-5)) });
        return;
      case 'look':
        return this.order(this.random.pick<Command>([{ type: 'list' }, { type: 'outbox' }, { type: 'requests' }]));
      case 'read':
        this.order({ type: 'connect', user });
        return this.order({ type: 'leave' });
      case 'goOffline':
        this.wantsOnline = false;
        return this.order({ type: 'offline' });
      case 'post':
        return this.post();
      case 'unpost':
        if (this.posts.length > 0) this.order({ type: 'post_remove', id: this.random.pick(this.posts) });
        return;
      case 'fetch':
        return this.fetch();
      case 'add':
        return this.order({ type: 'add', user, note: 'hello' });
      default:
        return this.order({ type: deed, user });
    }
  }

  /** Mostly people talk to their friends; now and then they try what will be refused. */
  private somebody(deed: Deed): string {
    const isTalk = deed === 'say' || deed === 'burst' || deed === 'quick' || deed === 'read';
    const toFriend = isTalk && this.known.size > 0 && this.random.chance(0.9);
    return this.random.pick(toFriend ? [...this.known] : this.character.others);
  }

  private speak(how: 'say' | 'message', user: string): void {
    if (this.sends >= SENDS_MAX) return;
    this.sends += 1;
    const start = `${this.character.name} to ${user} #${this.sends}`;
    const isLong = how === 'say' && this.random.chance(0.003);
    this.order({
      type: how,
      user,
      text: isLong ? start.padEnd(this.random.whole(100, LONG_TEXT_LETTERS), '.') : start,
    });
  }

  private post(): void {
    this.sends += 1;
    const text = `post ${this.sends} of ${this.character.name}`;
    if (this.random.chance(0.5)) return this.order({ type: 'post_text', text });
    this.order({ type: 'post_upload', path: text, title: null, isReshared: this.random.chance(0.5) });
  }

  private fetch(): void {
    if (this.offered) this.order({ type: 'post_get', ...this.offered, to: null, force: false });
  }

  private order(command: Command): void {
    const desk = this.desk();
    if (!desk.isUp) return;
    this.checker.commanded(this.character.name, command);
    desk.command(command);
  }
}
