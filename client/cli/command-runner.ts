// One line in, one reply out, whoever typed it: parses, asks the engine, remembers the open conversation (CTRL-20).

import type { Answers, ClientEvent } from '../../protocols/control/answer.js';
import type { ArchiveCommand, ParsedArchiveCommand } from '../../protocols/control/archive-command.js';
import type { Command, CommandName } from '../../protocols/control/command.js';
import { COMMANDS } from '../../protocols/control/commands.js';
import type { ClientApi } from '../../protocols/control/client-api.js';
import type { ParsedCommand } from '../../protocols/control/ui-command.js';
import { usage, type CommandEntry } from '../../protocols/control/line/grammar.js';
import { entryNamed, parseLine, unknownCommand } from '../../protocols/control/line/parse-line.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import type { AlarmClock } from './host.js';
import type { Passphrases } from './passphrases.js';
import { EventWaits } from './event-waits.js';

/** `command`: what the line meant; null where it meant nothing. `data`: as docs/contract.md has it for that command. */
export type CommandResult =
  { ok: true; command: ParsedCommand; data: object } | { ok: false; command: ParsedCommand | null; refusal: Refusal };

/** A line that was taken up. The next one is read once `turned` is over. */
interface Started {
  readonly reply: Promise<CommandResult | null>;
  readonly turned: Promise<unknown>;
}

export class CommandRunner {
  readonly waits: EventWaits;
  private open: string | null = null;
  private turning: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly engine: ClientApi,
    clock: AlarmClock,
    private readonly passphrases: Passphrases,
  ) {
    this.waits = new EventWaits(clock);
  }

  /** With whom a conversation is open (`group:x` for a group), or null. */
  get conversation(): string | null {
    return this.open;
  }

  /** Every event passes through here, so that `wait` can find it. */
  handleEvent(event: ClientEvent): void {
    this.waits.handleEvent(event);
  }

  /** The reply to a line, or null where it said nothing. `started` hears what the line means as soon as it is known. */
  run(line: string, started: (command: ParsedCommand) => void = () => undefined): Promise<CommandResult | null> {
    const taken = this.turning.then(() => this.start(line, started));
    this.turning = taken.then(({ turned }) => turned);
    return taken.then(({ reply }) => reply);
  }

  private start(line: string, started: (command: ParsedCommand) => void): Started {
    const command = parseLine(line, this.open);
    if (command === null) return sideBySide(Promise.resolve(null));
    if (command instanceof Refusal) return sideBySide(Promise.resolve({ ok: false, command: null, refusal: command }));
    started(command);
    const reply = this.carryOut(command);
    return turns(command) ? { reply, turned: reply.catch(() => undefined) } : sideBySide(reply);
  }

  private async carryOut(command: ParsedCommand): Promise<CommandResult> {
    const data = await this.outcome(command);
    if (data instanceof Refusal) return { ok: false, command: command, refusal: data };
    if (command.type === 'connect') this.open = command.user;
    if (command.type === 'group') this.open = `group:${command.group}`;
    if (command.type === 'leave') this.open = null;
    return { ok: true, command: command, data };
  }

  private async outcome(command: ParsedCommand): Promise<Outcome<object>> {
    switch (command.type) {
      case 'help':
        return explain(command.topic);
      case 'wait':
        return this.waits.wait(command);
      case 'backup':
      case 'restore':
        return this.askWithPassphrase(command);
      default:
        return this.ask(command);
    }
  }

  private async askWithPassphrase(
    wish: Extract<ParsedArchiveCommand, { type: 'backup' | 'restore' }>,
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
export function hasRestored(reply: CommandResult): boolean {
  return resultOf(reply, 'restore')?.command.check === false;
}

/** These change what the next line means; those with a passphrase ask for it line by line. */
function turns(command: ParsedCommand): boolean {
  return ['connect', 'group', 'leave', 'exit', 'backup', 'restore'].includes(command.type);
}

function sideBySide(reply: Promise<CommandResult | null>): Started {
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
  const { name, section: group, summary, example } = entry;
  return { name, group, usage: usage(entry), summary, example };
}

/** What a reply to this command carries, or null where it is none. The one place that ties data to its command. */
export function resultOf<K extends CommandName>(
  reply: CommandResult,
  name: K,
): { command: Extract<ParsedCommand, { type: K }>; data: Answers[K] } | null {
  if (!reply.ok || reply.command.type !== name) return null;
  return { command: reply.command as Extract<ParsedCommand, { type: K }>, data: reply.data as Answers[K] };
}
