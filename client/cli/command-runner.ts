// Runs typed lines: parses each, asks the client, remembers the open conversation, gives one result (CTRL-20).

import type { Answers } from '../../protocols/control/answer.js';
import type { ClientApi } from '../../protocols/control/client-api.js';
import type { Command, CommandName, ParsedCommand } from '../../protocols/control/command.js';
import { passphraseFor, type ArchiveCommand, type NeedsPassphrase } from '../../protocols/control/commands/archive.js';
import type { ClientEvent } from '../../protocols/control/event.js';
import { help } from '../../protocols/control/help.js';
import { parseLine } from '../../protocols/control/line/parse-line.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import { needsConfirmation, type Confirmations } from './confirmations.js';
import { EventWaits } from './event-waits.js';
import type { AlarmClock } from './host.js';
import type { Passphrases } from './passphrases.js';

/** `command`: null if the line could not be parsed. `data`: as docs/contract.md has it for that command. */
export type CommandResult =
  { ok: true; command: ParsedCommand; data: object } | { ok: false; command: ParsedCommand | null; refusal: Refusal };

/** A line that was started. The next line starts once `nextMayStart` is settled. */
interface StartedLine {
  readonly result: Promise<CommandResult | null>;
  readonly nextMayStart: Promise<unknown>;
}

export class CommandRunner {
  readonly waits: EventWaits;
  private open: string | null = null;
  private mayStart: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly api: ClientApi,
    clock: AlarmClock,
    private readonly passphrases: Passphrases,
    private readonly confirmations: Confirmations,
  ) {
    this.waits = new EventWaits(clock);
  }

  /** The user of the open conversation, `group:x` for a group, or null. */
  get conversation(): string | null {
    return this.open;
  }

  /** Closes the open conversation without a line of the person. */
  async close(): Promise<void> {
    this.open = null;
    await this.api.command({ type: 'leave' });
  }

  /** Must see every event, so that `wait` can find it. */
  handleEvent(event: ClientEvent): void {
    this.waits.handleEvent(event);
  }

  /** The result of a line, or null for an empty one. `onStart` gets the command as soon as the line is parsed. */
  run(line: string, onStart: (command: ParsedCommand) => void = () => undefined): Promise<CommandResult | null> {
    const started = this.mayStart.then(() => this.start(line, onStart));
    this.mayStart = started.then(({ nextMayStart }) => nextMayStart);
    return started.then(({ result }) => result);
  }

  private start(line: string, onStart: (command: ParsedCommand) => void): StartedLine {
    const command = parseLine(line, this.open);
    if (command === null) return sideBySide(Promise.resolve(null));
    if (command instanceof Refusal) return sideBySide(Promise.resolve({ ok: false, command: null, refusal: command }));
    onStart(command);
    const result = this.carryOut(command);
    return runsAlone(command) ? { result, nextMayStart: result.catch(() => undefined) } : sideBySide(result);
  }

  private async carryOut(command: ParsedCommand): Promise<CommandResult> {
    const data = (await this.confirmations.allows(command))
      ? await this.outcome(command)
      : new Refusal('NOT_CONFIRMED');
    if (data instanceof Refusal) return { ok: false, command, refusal: data };
    if (command.type === 'connect') this.open = command.user;
    if (command.type === 'group') this.open = `group:${command.group}`;
    if (command.type === 'leave') this.open = null;
    return { ok: true, command, data };
  }

  private async outcome(command: ParsedCommand): Promise<Outcome<object>> {
    switch (command.type) {
      case 'help':
        return help(command.topic);
      case 'wait':
        return this.waits.wait(command);
      case 'backup':
      case 'restore':
      case 'identity_lock':
      case 'identity_export':
      case 'identity_unlock':
        return this.askWithPassphrase(command);
      default:
        return this.ask(command);
    }
  }

  private async askWithPassphrase(command: NeedsPassphrase): Promise<Outcome<object>> {
    const what = command.type === 'backup' || command.type === 'restore' ? 'the backup' : 'the identity key';
    const isNew = passphraseFor(command) === 'new';
    const passphrase = await (isNew ? this.passphrases.choose(what) : this.passphrases.recall(what));
    return passphrase instanceof Refusal ? passphrase : this.ask({ ...command, passphrase });
  }

  private async ask(command: Command | ArchiveCommand): Promise<Outcome<object>> {
    const answer = await this.api.command(command);
    return answer.ok ? answer.data : answer.refusal;
  }
}

/** The conversation that a command has ended for good, or null. */
export function lostConversation({ ok, command }: CommandResult): string | null {
  if (!ok) return null;
  if (command.type === 'leave_group') return `group:${command.group}`;
  return command.type === 'remove' || command.type === 'block' ? command.user : null;
}

/** True after a restore that was not a check: the backup is used from the next start, so this run has to end. */
export function hasRestored(result: CommandResult): boolean {
  return resultOf(result, 'restore')?.command.check === false;
}

/** The first four change what the next line means. Others ask the person. */
function runsAlone(command: ParsedCommand): boolean {
  return ['connect', 'group', 'leave', 'exit'].includes(command.type) || needsAnswer(command);
}

function needsAnswer(command: ParsedCommand): boolean {
  return passphraseFor(command) !== null || needsConfirmation(command);
}

function sideBySide(result: Promise<CommandResult | null>): StartedLine {
  return { result, nextMayStart: Promise.resolve() };
}

/** The command and its data if this is the result of that command, else null. The one place that ties the two types. */
export function resultOf<Name extends CommandName>(
  result: CommandResult,
  name: Name,
): { command: Extract<ParsedCommand, { type: Name }>; data: Answers[Name] } | null {
  if (!result.ok || result.command.type !== name) return null;
  return { command: result.command as Extract<ParsedCommand, { type: Name }>, data: result.data as Answers[Name] };
}
