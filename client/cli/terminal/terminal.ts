// The terminal: lines run side by side, replies and events are drawn above the line being typed (CTRL-18, CTRL-20).

import type { ClientEvent } from '../../../protocols/control/event.js';
import type { ClientApi, Ready } from '../../../protocols/control/client-api.js';
import type { ParsedCommand } from '../../../protocols/control/command.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { drawEvent } from '../draw/events.js';
import type { ViewOptions } from '../draw/view-options.js';
import { ProgressMeter } from '../draw/progress-meter.js';
import { drawStateChange } from '../draw/answers/messages.js';
import { drawPrompt } from '../draw/prompt.js';
import { drawResult } from '../draw/results.js';
import { EXIT } from '../../../runtime/exit.js';
import type { AlarmClock } from '../host.js';
import type { Passphrases } from '../passphrases.js';
import { resultOf, hasRestored, type CommandResult, type CommandRunner } from '../command-runner.js';
import { completions } from './completion.js';
import { KnownWords } from './known-words.js';
import type { Screen, KeyboardHandler } from './screen.js';
import { StateFold } from './state-fold.js';
import { recentHistory, welcome } from './welcome.js';
import { UnreadCounts } from './unread-counts.js';

export interface TerminalOptions {
  readonly api: ClientApi;
  readonly ready: Ready;
  readonly runner: CommandRunner;
  readonly passphrases: Passphrases;
  readonly clock: AlarmClock;
  readonly view: () => ViewOptions;
  readonly openScreen: (handler: KeyboardHandler) => Screen;
}

export class Terminal implements KeyboardHandler {
  private readonly screen: Screen;
  private readonly known = new KnownWords();
  private readonly unread = new UnreadCounts();
  private readonly fold = new StateFold();
  private readonly meter = new ProgressMeter();
  private readonly alarms = new Set<() => void>();
  private isFolding = false;
  private isLeaving = false;
  private exitCode: number = EXIT.ok;
  private asked: ((typed: string | null) => void) | null = null;
  private connection = '';
  private settle: (code: number) => void = () => undefined;
  private fail: (trouble: unknown) => void = () => undefined;

  constructor(private readonly parts: TerminalOptions) {
    this.screen = parts.openScreen(this);
    parts.passphrases.askBy((question) => this.askSecretly(question));
  }

  /** Gives the exit code once the person has left. */
  async run(): Promise<number> {
    const over = new Promise<number>((settle, fail) => Object.assign(this, { settle, fail }));
    const silence = this.parts.api.onEvent((event) => this.happened(event));
    this.watch(this.start());
    try {
      return await over;
    } finally {
      silence();
      for (const cancel of this.alarms) cancel();
      this.showStates();
      this.screen.close();
    }
  }

  typed(line: string): void {
    if (this.asked) return this.answer(line);
    if (!this.isLeaving) this.watch(this.carryOut(line));
  }

  interrupted(): void {
    if (this.asked) return this.answer(null);
    if (this.isLeaving) return this.settle(EXIT.interrupted);
    if (this.parts.runner.waits.hasAny) return this.parts.runner.waits.stopAll();
    if (this.parts.runner.conversation === null) this.exitCode = EXIT.interrupted;
    this.typed('/exit');
  }

  endedLine(): void {
    if (this.asked) return this.answer(null);
    this.typed('/exit');
  }

  left(): void {
    if (this.asked) this.answer(null);
    if (this.parts.runner.conversation !== null) this.typed('/exit');
    this.typed('/exit');
  }

  completions(line: string): [words: string[], replaced: string] {
    const { users, groups, channels, ids } = this.known;
    return completions(line, { users, groups, channels, ids, conversation: this.parts.runner.conversation });
  }

  private async start(): Promise<void> {
    await welcome({
      ...this.parts,
      print: (lines) => this.screen.print(lines),
      replied: (reply) => this.note(reply),
    });
  }

  private async carryOut(line: string): Promise<void> {
    const reply = await this.parts.runner.run(line, (command) => this.started(command));
    if (!reply) return;
    this.note(reply);
    const opened = resultOf(reply, 'connect');
    if (opened) this.screen.print(await recentHistory(this.parts, opened.data));
    const entered = resultOf(reply, 'group');
    if (entered) {
      const { group: user, unread } = entered.data;
      this.screen.print(await recentHistory(this.parts, { user, unread, meant: 'group' }));
    }
    if (!resultOf(reply, 'say') && !resultOf(reply, 'broadcast'))
      this.screen.print(drawResult(reply, this.parts.view()));
    if (reply.command?.type === 'exit') this.settle(this.exitCode);
    if (hasRestored(reply)) this.left();
  }

  private askSecretly(question: string): Promise<string | null> {
    this.screen.askSecret(question);
    return new Promise((settle) => (this.asked = settle));
  }

  private answer(typed: string | null): void {
    const settle = this.asked;
    this.asked = null;
    this.screen.askSecret(null);
    settle?.(typed);
  }

  private started(command: ParsedCommand): void {
    if (command.type !== 'exit') return;
    this.isLeaving = true;
    this.parts.runner.waits.stopAll();
    this.screen.prompt('');
    const advice = 'Waiting up to 10 s for your messages to arrive. Ctrl+C leaves at once.';
    this.later(LIMITS.stateChangesCoalesceMs, () => this.screen.print([advice]));
  }

  /** What the terminal remembers of a reply; the drawing comes after. */
  private note(reply: CommandResult): void {
    this.known.replied(reply);
    if (reply.command?.type === 'post_get') this.meter.over(reply.command.id);
    const said = resultOf(reply, 'say');
    if (said) this.fold.said(said.data.id, said.command.text, { to: said.command.user, state: said.data.state });
    const sent = resultOf(reply, 'broadcast');
    if (sent) this.fold.said(sent.data.id, sent.command.text, { to: sent.command.group, state: sent.data.state });
    if (said || sent) this.showStatesSoon();
    const listed = resultOf(reply, 'list');
    if (listed) this.unread.listed(listed.data.friends);
    const opened = resultOf(reply, 'connect');
    if (opened) this.unread.opened(opened.data.user);
    const entered = resultOf(reply, 'group');
    if (entered) this.unread.opened(`group:${entered.data.group}`);
    this.showPrompt();
  }

  private happened(event: ClientEvent): void {
    this.parts.runner.handleEvent(event);
    this.known.happened(event);
    if (event.event === 'state') return this.stateChanged(event);
    if (event.event === 'progress') return this.cameOn(event);
    if (event.event === 'post_done') this.meter.over(event.post);
    if (event.event === 'connection' && (this.isLeaving || !this.isNews(event.state))) return;
    this.screen.print(drawEvent(event, this.parts.view()));
    if (event.event === 'chat' || event.event === 'quick') this.messageCame(event.from);
    if (event.event === 'private') this.screen.bell();
    if (event.event === 'group') this.messageCame(`group:${event.group}`);
  }

  private messageCame(from: string): void {
    if (from === this.parts.runner.conversation) return;
    this.unread.came(from);
    this.screen.bell();
    this.showPrompt();
  }

  /** In the prompt where there is one, else a line now and then. */
  private cameOn(event: Extract<ClientEvent, { event: 'progress' }>): void {
    const now = this.parts.clock.now();
    this.meter.came(event, now);
    if (this.screen.hasPrompt) return this.showPrompt();
    const line = this.meter.line(event.post, now);
    if (line !== null) this.screen.print([line]);
  }

  private stateChanged({ id, to, state }: Extract<ClientEvent, { event: 'state' }>): void {
    this.fold.changed(id, { to, state });
    this.showStatesSoon();
  }

  /** Trying on and on is told once. */
  private isNews(connection: string): boolean {
    const isNews = connection !== this.connection;
    this.connection = connection;
    return isNews;
  }

  private showStatesSoon(): void {
    if (this.isFolding) return;
    this.isFolding = true;
    this.later(LIMITS.stateChangesCoalesceMs, () => this.showStates());
  }

  private showStates(): void {
    this.isFolding = false;
    const view = this.parts.view();
    this.screen.print(this.fold.take().map((progress) => drawStateChange(progress, view)));
  }

  private showPrompt(): void {
    if (this.isLeaving) return;
    const progress = this.meter.bar(this.parts.clock.now());
    this.screen.prompt(drawPrompt(this.parts.view(), this.unread.summary(), progress));
  }

  private later(delayMs: number, ring: () => void): void {
    const { clock } = this.parts;
    const cancel = clock.wake(clock.now() + delayMs, () => {
      this.alarms.delete(cancel);
      ring();
    });
    this.alarms.add(cancel);
  }

  private watch(work: Promise<void>): void {
    work.catch((trouble: unknown) => this.fail(trouble));
  }
}
