// One line in, one reply out, whoever typed it: parses, asks the engine, remembers the open conversation (CTRL-20).

import type { Answers, ClientEvent } from '../../protocols/control/answer.js';
import type { ArchiveCommand, ArchiveWish } from '../../protocols/control/archive-command.js';
import type { Command, CommandName } from '../../protocols/control/command.js';
import { COMMANDS } from '../../protocols/control/commands.js';
import type { Engine } from '../../protocols/control/engine.js';
import type { Told } from '../../protocols/control/face-command.js';
import { usage, type CommandEntry } from '../../protocols/control/line/grammar.js';
import { entryNamed, parseLine, unknownCommand } from '../../protocols/control/line/parse-line.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import type { AlarmClock } from './host.js';
import type { Passphrases } from './passphrases.js';
import { Waits } from './waits.js';

/** `told`: what the line meant; null where it meant nothing. `data`: as docs/contract.md has it for that command. */
export type Reply = { ok: true; told: Told; data: object } | { ok: false; told: Told | null; refusal: Refusal };

/** A line that was taken up. The next one is read once `turned` is over. */
interface Started {
  readonly reply: Promise<Reply | null>;
  readonly turned: Promise<unknown>;
}

export class Shell {
  readonly waits: Waits;
  private open: string | null = null;
  private turning: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly engine: Engine,
    clock: AlarmClock,
    private readonly passphrases: Passphrases,
  ) {
    this.waits = new Waits(clock);
  }

  /** With whom a conversation is open (`group:x` for a group), or null. */
  get conversation(): string | null {
    return this.open;
  }

  /** Every event passes through here, so that `wait` can find it. */
  happened(event: ClientEvent): void {
    this.waits.happened(event);
  }

  /** The reply to a line, or null where it said nothing. `started` hears what the line means as soon as it is known. */
  run(line: string, started: (told: Told) => void = () => undefined): Promise<Reply | null> {
    const taken = this.turning.then(() => this.start(line, started));
    this.turning = taken.then(({ turned }) => turned);
    return taken.then(({ reply }) => reply);
  }

  private start(line: string, started: (told: Told) => void): Started {
    const told = parseLine(line, this.open);
    if (told === null) return sideBySide(Promise.resolve(null));
    if (told instanceof Refusal) return sideBySide(Promise.resolve({ ok: false, told: null, refusal: told }));
    started(told);
    const reply = this.carryOut(told);
    return turns(told) ? { reply, turned: reply.catch(() => undefined) } : sideBySide(reply);
  }

  private async carryOut(told: Told): Promise<Reply> {
    const data = await this.outcome(told);
    if (data instanceof Refusal) return { ok: false, told, refusal: data };
    if (told.type === 'connect') this.open = told.user;
    if (told.type === 'group') this.open = `group:${told.group}`;
    if (told.type === 'leave') this.open = null;
    return { ok: true, told, data };
  }

  private async outcome(told: Told): Promise<Outcome<object>> {
    switch (told.type) {
      case 'help':
        return explain(told.about);
      case 'wait':
        return this.waits.wait(told);
      case 'backup':
      case 'restore':
        return this.askWithPassphrase(told);
      default:
        return this.ask(told);
    }
  }

  private async askWithPassphrase(
    wish: Extract<ArchiveWish, { type: 'backup' | 'restore' }>,
  ): Promise<Outcome<object>> {
    const passphrase = await (wish.type === 'backup' ? this.passphrases.choose() : this.passphrases.recall());
    return passphrase instanceof Refusal ? passphrase : this.ask({ ...wish, passphrase });
  }

  private async ask(command: Command | ArchiveCommand): Promise<Outcome<object>> {
    const answer = await this.engine.command(command);
    return answer.ok ? answer.data : answer.refusal;
  }
}

/** True iff a backup takes the place of everything at the next start, so that this run has to end. */
export function isRestored(reply: Reply): boolean {
  return answered(reply, 'restore')?.told.check === false;
}

/** These change what the next line means; those with a passphrase ask for it line by line. */
function turns(told: Told): boolean {
  return ['connect', 'group', 'leave', 'exit', 'backup', 'restore'].includes(told.type);
}

function sideBySide(reply: Promise<Reply | null>): Started {
  return { reply, turned: Promise.resolve() };
}

/** What `help` answers with; drawn for people, plain fields for programs. */
export interface Help {
  readonly commands: readonly { name: string; group: string; usage: string; summary: string; example: string }[];
}

function explain(about: string | null): Outcome<Help> {
  if (about === null) return { commands: COMMANDS.map(explained) };
  const name = about.replace(/^\//, '');
  const entry = entryNamed(COMMANDS, name.toLowerCase());
  return entry ? { commands: [explained(entry)] } : unknownCommand(name);
}

function explained(entry: CommandEntry): Help['commands'][number] {
  const { name, group, summary, example } = entry;
  return { name, group, usage: usage(entry), summary, example };
}

/** What a reply to this command carries, or null where it is none. The one place that ties data to its command. */
export function answered<K extends CommandName>(
  reply: Reply,
  name: K,
): { told: Extract<Told, { type: K }>; data: Answers[K] } | null {
  if (!reply.ok || reply.told.type !== name) return null;
  return { told: reply.told as Extract<Told, { type: K }>, data: reply.data as Answers[K] };
}
