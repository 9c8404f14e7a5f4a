// The terminal: lines run side by side, replies and events are drawn above the line being typed (CTRL-18, CTRL-20).

import type { ClientEvent } from '../../../protocols/control/answer.js';
import type { Engine, Ready } from '../../../protocols/control/engine.js';
import type { Told } from '../../../protocols/control/face-command.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { drawEvent } from '../draw/events.js';
import type { Look } from '../draw/look.js';
import { ProgressMeter } from '../draw/progress-meter.js';
import { drawProgress } from '../draw/answers/messages.js';
import { drawPrompt } from '../draw/prompt.js';
import { drawReply } from '../draw/replies.js';
import { EXIT } from '../../../runtime/exit.js';
import type { AlarmClock } from '../host.js';
import type { Passphrases } from '../passphrases.js';
import { answered, isRestored, type Reply, type Shell } from '../shell.js';
import { completions } from './completion.js';
import { KnownWords } from './known-words.js';
import type { Screen, Typist } from './screen.js';
import { StateFold } from './state-fold.js';
import { pastLines, welcome } from './welcome.js';
import { Unread } from './unread.js';

export interface TerminalParts {
  readonly engine: Engine;
  readonly ready: Ready;
  readonly shell: Shell;
  readonly passphrases: Passphrases;
  readonly clock: AlarmClock;
  readonly look: () => Look;
  readonly openScreen: (typist: Typist) => Screen;
}

export class Terminal implements Typist {
  private readonly screen: Screen;
  private readonly known = new KnownWords();
  private readonly unread = new Unread();
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

  constructor(private readonly parts: TerminalParts) {
    this.screen = parts.openScreen(this);
    parts.passphrases.askBy((question) => this.askSecretly(question));
  }

  /** Gives the exit code once the person has left. */
  async run(): Promise<number> {
    const over = new Promise<number>((settle, fail) => Object.assign(this, { settle, fail }));
    const silence = this.parts.engine.onEvent((event) => this.happened(event));
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
    if (this.parts.shell.waits.areAny) return this.parts.shell.waits.giveUp();
    if (this.parts.shell.conversation === null) this.exitCode = EXIT.interrupted;
    this.typed('/exit');
  }

  endedLine(): void {
    if (this.asked) return this.answer(null);
    this.typed('/exit');
  }

  left(): void {
    if (this.asked) this.answer(null);
    if (this.parts.shell.conversation !== null) this.typed('/exit');
    this.typed('/exit');
  }

  completions(line: string): [words: string[], replaced: string] {
    const { users, groups, channels, ids } = this.known;
    return completions(line, { users, groups, channels, ids, conversation: this.parts.shell.conversation });
  }

  private async start(): Promise<void> {
    await welcome({
      ...this.parts,
      print: (lines) => this.screen.print(lines),
      replied: (reply) => this.note(reply),
    });
  }

  private async carryOut(line: string): Promise<void> {
    const reply = await this.parts.shell.run(line, (told) => this.started(told));
    if (!reply) return;
    this.note(reply);
    const opened = answered(reply, 'connect');
    if (opened) this.screen.print(await pastLines(this.parts, opened.data));
    const entered = answered(reply, 'group');
    if (entered) {
      const { group: user, unread } = entered.data;
      this.screen.print(await pastLines(this.parts, { user, unread, meant: 'group' }));
    }
    if (!answered(reply, 'say') && !answered(reply, 'broadcast'))
      this.screen.print(drawReply(reply, this.parts.look()));
    if (reply.told?.type === 'exit') this.settle(this.exitCode);
    if (isRestored(reply)) this.left();
  }

  private askSecretly(question: string): Promise<string | null> {
    this.screen.hush(question);
    return new Promise((settle) => (this.asked = settle));
  }

  private answer(typed: string | null): void {
    const settle = this.asked;
    this.asked = null;
    this.screen.hush(null);
    settle?.(typed);
  }

  private started(told: Told): void {
    if (told.type !== 'exit') return;
    this.isLeaving = true;
    this.parts.shell.waits.giveUp();
    this.screen.prompt('');
    const advice = 'Waiting up to 10 s for your messages to arrive. Ctrl+C leaves at once.';
    this.later(LIMITS.statesFoldMs, () => this.screen.print([advice]));
  }

  /** What the terminal remembers of a reply; the drawing comes after. */
  private note(reply: Reply): void {
    this.known.replied(reply);
    if (reply.told?.type === 'post_get') this.meter.over(reply.told.id);
    const said = answered(reply, 'say');
    if (said) this.fold.said(said.data.id, said.told.text, { to: said.told.user, state: said.data.state });
    const sent = answered(reply, 'broadcast');
    if (sent) this.fold.said(sent.data.id, sent.told.text, { to: sent.told.group, state: sent.data.state });
    if (said || sent) this.showStatesSoon();
    const listed = answered(reply, 'list');
    if (listed) this.unread.listed(listed.data.friends);
    const opened = answered(reply, 'connect');
    if (opened) this.unread.opened(opened.data.user);
    const entered = answered(reply, 'group');
    if (entered) this.unread.opened(`group:${entered.data.group}`);
    this.showPrompt();
  }

  private happened(event: ClientEvent): void {
    this.parts.shell.happened(event);
    this.known.happened(event);
    if (event.event === 'state') return this.stateChanged(event);
    if (event.event === 'progress') return this.cameOn(event);
    if (event.event === 'post_done') this.meter.over(event.post);
    if (event.event === 'connection' && (this.isLeaving || !this.isNews(event.state))) return;
    this.screen.print(drawEvent(event, this.parts.look()));
    if (event.event === 'chat' || event.event === 'quick') this.messageCame(event.from);
    if (event.event === 'private') this.screen.bell();
    if (event.event === 'group') this.messageCame(`group:${event.group}`);
  }

  private messageCame(from: string): void {
    if (from === this.parts.shell.conversation) return;
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
    this.later(LIMITS.statesFoldMs, () => this.showStates());
  }

  private showStates(): void {
    this.isFolding = false;
    const look = this.parts.look();
    this.screen.print(this.fold.take().map((progress) => drawProgress(progress, look)));
  }

  private showPrompt(): void {
    if (this.isLeaving) return;
    const progress = this.meter.bar(this.parts.clock.now());
    this.screen.prompt(drawPrompt(this.parts.look(), this.unread.summary(), progress));
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
