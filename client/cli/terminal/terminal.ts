// The terminal: lines run side by side; results and events are drawn above the line being typed (CTRL-18, CTRL-20).

import type { ClientEvent } from '../../../protocols/control/event.js';
import type { ClientApi, Ready } from '../../../protocols/control/client-api.js';
import type { ParsedCommand } from '../../../protocols/control/command.js';
import { isExit } from '../../../protocols/control/line/parse-line.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { drawEvent } from '../draw/events.js';
import { shownName, type ViewOptions } from '../draw/view-options.js';
import { drawPrompt } from '../draw/prompt.js';
import { drawResult } from '../draw/results.js';
import { EXIT } from '../../../runtime/process/exit.js';
import type { AlarmClock } from '../host.js';
import type { Confirmations } from '../confirmations.js';
import type { Passphrases } from '../passphrases.js';
import { resultOf, hasRestored, lostConversation, type CommandResult, type CommandRunner } from '../command-runner.js';
import { completions } from './completion.js';
import { doubtful, ShownHints } from './typing/doubtful-line.js';
import { KnownWords } from './known-words.js';
import { NameHints } from './name-hints.js';
import { OwnMessages } from './own/own-messages.js';
import { asMessage, pastePreview } from './typing/pasted-text.js';
import { Questions } from './typing/questions.js';
import type { Screen, KeyboardHandler } from './screen.js';
import { recentHistory, welcome } from './welcome.js';
import { TransferProgress } from './transfer-progress.js';
import { UnreadCounts } from './unread-counts.js';
import { WorkUnderWay } from './work-under-way.js';

export interface TerminalOptions {
  readonly api: ClientApi;
  readonly ready: Ready;
  readonly runner: CommandRunner;
  readonly passphrases: Passphrases;
  readonly confirmations: Confirmations;
  readonly clock: AlarmClock;
  readonly view: () => ViewOptions;
  readonly openScreen: (handler: KeyboardHandler) => Screen;
}

export class Terminal implements KeyboardHandler {
  private readonly screen: Screen;
  private readonly known = new KnownWords();
  private readonly names = new NameHints();
  private readonly unread = new UnreadCounts();
  private readonly own: OwnMessages;
  private readonly progress: TransferProgress;
  private readonly work: WorkUnderWay;
  private readonly alarms = new Set<() => void>();
  /** The half-typed line was meant for a conversation that is closed now. */
  private mayMisread = false;
  /** A conversation has closed by itself since the last typed line. */
  private hasLost = false;
  private isExiting = false;
  private exitCode: number = EXIT.ok;
  private readonly questions = new Questions((question) => this.screen.ask(question));
  private readonly hints = new ShownHints();
  /** The last state of the connection that was shown. */
  private shownConnection = '';
  private settle: (code: number) => void = () => undefined;
  private fail: (trouble: unknown) => void = () => undefined;

  constructor(private readonly options: TerminalOptions) {
    this.screen = options.openScreen(this);
    const { screen } = this;
    const later = (delayMs: number, ring: () => void): void => this.later(delayMs, ring);
    this.own = new OwnMessages({ screen, view: options.view, later });
    this.progress = new TransferProgress(options.clock, screen, { later, showPrompt: () => this.showPrompt() });
    this.work = new WorkUnderWay(options.api, () => this.progress.ids());
    options.passphrases.setPrompt((prompt) => this.questions.ask({ lines: [], prompt, hidesTyped: true }));
    options.confirmations.setPrompt((lines) => this.questions.agrees(lines, 'Type yes to go on: '));
  }

  /** Resolves to the exit code when the program is to end. */
  async run(): Promise<number> {
    const over = new Promise<number>((settle, fail) => Object.assign(this, { settle, fail }));
    const stopEvents = this.options.api.onEvent((event) => this.handleEvent(event));
    this.watch(this.start());
    try {
      return await over;
    } finally {
      stopEvents();
      for (const cancel of this.alarms) cancel();
      this.own.show();
      this.screen.close();
    }
  }

  enterLine(line: string): void {
    if (this.questions.isOpen) return this.questions.answer(line);
    if (this.isExiting) return;
    if (this.mayMisread) return this.returnHalfTyped();
    const { conversation } = this.options.runner;
    if (isExit(line, conversation)) return this.leave(line);
    this.hasLost = false;
    const meant = doubtful(line, { conversation, channels: this.known.channels, hints: this.hints });
    this.watch(meant === null ? this.carryOut(line, this.screen.typedRows) : this.sendIfMeant(line, meant));
  }

  /** `exit` outside a conversation. It asks first where it would cut something off. */
  private leave(line: string): void {
    const { hasLost } = this;
    this.hasLost = false;
    if (hasLost && line.trim().startsWith('/'))
      return this.screen.print(['The conversation was closed already. To leave Kith, type: exit']);
    const lines = this.work.cutOffByExit();
    this.watch(lines.length === 0 ? this.carryOut(line) : this.carryOutIfAgreed(line, lines, 'Type yes to leave: '));
  }

  /** A line that was begun as a message is not run as a command. */
  private returnHalfTyped(): void {
    this.mayMisread = false;
    this.screen.print(['This line was begun in a conversation that is closed. It was neither sent nor run.']);
  }

  pasteText(text: string): boolean {
    const { conversation } = this.options.runner;
    if (conversation === null)
      this.screen.print(['A pasted text is never a command. To send it, open a conversation first: connect <user>']);
    else this.watch(this.sendPasted(text, shownName(conversation, this.options.view())));
    return conversation !== null;
  }

  interrupt(): void {
    if (this.questions.isOpen) return this.questions.answer(null);
    if (this.isExiting) return this.settle(EXIT.interrupted);
    if (this.stopsWork()) return;
    this.hasLost = false;
    if (this.options.runner.conversation === null) this.exitCode = EXIT.interrupted;
    this.enterLine('/exit');
  }

  /** True if there was something for Ctrl+C to stop. The next one leaves. */
  private stopsWork(): boolean {
    const { waits } = this.options.runner;
    const [lines, hasWaits] = [this.work.stop(), waits.hasAny];
    waits.stopAll();
    this.screen.print(lines);
    return hasWaits || lines.length > 0;
  }

  endInput(): void {
    if (this.questions.isOpen) return this.questions.answer(null);
    this.enterLine('/exit');
  }

  inputClosed(): void {
    this.questions.close();
    if (this.isExiting) return;
    if (this.options.runner.conversation !== null) this.watch(this.carryOut('/exit'));
    this.watch(this.carryOut('/exit'));
  }

  completions(line: string): [words: string[], replaced: string] {
    const { users, groups, channels, ids } = this.known;
    return completions(line, { users, groups, channels, ids, conversation: this.options.runner.conversation });
  }

  private async start(): Promise<void> {
    await welcome({
      ...this.options,
      print: (lines) => this.say(lines),
      onResult: (result) => this.remember(result),
    });
  }

  /** `typed`: the rows of the screen on which the line was typed. */
  private async carryOut(line: string, typed: string | null = null): Promise<void> {
    const result = await this.options.runner.run(line, (command) => this.started(command, line));
    if (!result) return;
    this.work.ended(result.command);
    const isOwn = this.own.sentBy(result, typed);
    this.remember(result);
    const opened = resultOf(result, 'connect');
    if (opened) this.screen.print(await recentHistory(this.options, { ...opened.data, nameKind: 'user' }));
    const entered = resultOf(result, 'group');
    if (entered) {
      const { group: user, unread } = entered.data;
      this.screen.print(await recentHistory(this.options, { user, unread, nameKind: 'group' }));
    }
    if (!isOwn) this.say(this.names.instead(result, this.options.view()) ?? drawResult(result, this.options.view()));
    this.say(this.names.alsoCalled(result, this.options.view()));
    if (result.command?.type === 'exit') this.settle(this.exitCode);
    if (hasRestored(result)) this.inputClosed();
  }

  /** Prints lines of this program, and remembers the commands that they tell the person to type. */
  private say(lines: readonly string[]): void {
    this.hints.add(lines);
    this.screen.print(lines);
  }

  /** A line that was probably meant as a command is sent only if the person says so. */
  private async sendIfMeant(line: string, meant: string): Promise<void> {
    const lines = ['This line would be sent as a message. To run it as a command, type:', `        ${meant}`];
    await this.carryOutIfAgreed(line, lines, 'Type yes to send it: ');
  }

  private async carryOutIfAgreed(line: string, lines: readonly string[], question: string): Promise<void> {
    if (await this.questions.agrees(lines, question)) await this.carryOut(line);
  }

  private async sendPasted(text: string, to: string): Promise<void> {
    const question = `Type yes to send this text to ${to} as one message: `;
    if (await this.questions.agrees(pastePreview(text), question)) await this.carryOut(asMessage(text));
  }

  private started(command: ParsedCommand, line: string): void {
    this.work.started(command, line);
    if (command.type !== 'exit') return;
    this.isExiting = true;
    this.options.runner.waits.stopAll();
    this.screen.prompt('');
    const advice = 'Waiting up to 10 s until your messages are delivered or held by the server. Ctrl+C exits at once.';
    this.later(LIMITS.stateChangesCoalesceMs, () => this.screen.print([advice]));
  }

  /** Remembers names, states and unread counts; the result is drawn afterwards. */
  private remember(result: CommandResult): void {
    this.known.addResult(result);
    this.names.addResult(result);
    this.progress.endedBy(result);
    const listed = resultOf(result, 'list');
    if (listed) this.unread.setFriends(listed.data.friends);
    const groups = resultOf(result, 'groups');
    if (groups) this.unread.setGroups(groups.data.groups);
    const lost = lostConversation(result);
    if (lost !== null) this.lose(lost);
    const opened = resultOf(result, 'connect');
    if (opened) this.unread.clear(opened.data.user);
    const entered = resultOf(result, 'group');
    if (entered) this.unread.clear(`group:${entered.data.group}`);
    this.showPrompt();
  }

  private handleEvent(event: ClientEvent): void {
    this.options.runner.handleEvent(event);
    this.known.addEvent(event);
    this.names.addEvent(event);
    if (event.event === 'state') return this.own.changed(event);
    if (event.event === 'progress') return this.progress.update(event);
    if (event.event === 'post_done' || event.event === 'post_waiting') this.progress.end(event.post);
    if (event.event === 'connection' && (this.isExiting || !this.isNewConnectionState(event.state))) return;
    this.screen.print(drawEvent(event, this.options.view()));
    if (event.event === 'group_left') this.lose(`group:${event.group}`);
    if (event.event === 'friend_removed') this.lose(event.user);
    if (event.event === 'chat' || event.event === 'quick') this.countMessage(event.from);
    if (event.event === 'private') this.screen.bell();
    if (event.event === 'group') this.countMessage(`group:${event.group}`);
  }

  /** Nothing more can be said there: no mark stays, and an open conversation is closed. */
  private lose(other: string): void {
    this.unread.clear(other);
    this.showPrompt();
    const { runner } = this.options;
    if (runner.conversation !== other) return;
    this.hasLost = true;
    this.mayMisread = this.screen.hasHalfTyped;
    this.watch(runner.close());
    this.screen.print(['The conversation is closed.']);
    this.showPrompt();
  }

  private countMessage(from: string): void {
    if (from === this.options.runner.conversation) return;
    this.unread.add(from);
    this.screen.bell();
    this.showPrompt();
  }

  /** Repeated attempts to connect are shown once. */
  private isNewConnectionState(state: string): boolean {
    const isNew = state !== this.shownConnection;
    this.shownConnection = state;
    return isNew;
  }

  private showPrompt(): void {
    if (this.isExiting) return;
    this.screen.prompt(drawPrompt(this.options.view(), this.unread.summary(), this.progress.bar()));
  }

  private later(delayMs: number, ring: () => void): void {
    const { clock } = this.options;
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
