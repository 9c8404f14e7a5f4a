// Asks the person at the terminal before a command that cannot be undone. Scripts are not asked.

import type { ParsedCommand } from '../../protocols/control/command.js';

/** True if the person agrees. */
type Prompt = (lines: readonly string[]) => Promise<boolean>;

export class Confirmations {
  private prompt: Prompt = () => Promise.resolve(true);

  /** From now on there is a person to ask. */
  setPrompt(prompt: Prompt): void {
    this.prompt = prompt;
  }

  /** False if the command needs a yes and got none. */
  async allows(command: ParsedCommand): Promise<boolean> {
    const lines = warning(command);
    return lines === null || ('yes' in command && command.yes === true) || this.prompt(lines);
  }
}

/** True for commands that the person is asked about. */
export function needsConfirmation(command: ParsedCommand): boolean {
  return warning(command) !== null;
}

/** What the person should know before; null for a command that can be undone. */
function warning(command: ParsedCommand): readonly string[] | null {
  switch (command.type) {
    case 'unregister':
      return ['This gives up your name for good. It no longer leads to you, and another user can take it.'];
    case 'remove':
      return [`This ends your friendship with ${command.user}. To be friends again, both of you have to agree.`];
    case 'remove_member':
      return [`This removes ${command.user} from ${command.group}. To come back, ${command.user} needs an invitation.`];
    case 'leave_group':
      return [`This leaves ${command.group}. If you are its last member, the group is gone.`];
    case 'post_remove':
      return ['This removes the post. Friends who have not fetched it cannot do so any more.'];
    case 'restore':
      return command.check
        ? null
        : ['This moves the data of today aside, goes back to the backup, and ends the program.'];
    default:
      return null;
  }
}
