// Explains names: a group, or a user who has not answered, where a command expects a friend (CTRL-45); and a friend and
// a group that share a name (CTRL-47).

import type { ClientEvent } from '../../../protocols/control/event.js';
import { resultOf, type CommandResult } from '../command-runner.js';
import { typedHere } from '../draw/typed-here.js';
import { shownName, type ViewOptions } from '../draw/view-options.js';

export class NameHints {
  private groups = new Set<string>();
  private asked = new Set<string>();
  private friends = new Set<string>();

  addResult(result: CommandResult): void {
    const groups = resultOf(result, 'groups')?.data.groups;
    if (groups) this.groups = new Set(groups.filter(({ mine }) => mine).map(({ group }) => group));
    const friends = resultOf(result, 'list')?.data.friends;
    if (friends) this.friends = new Set(friends.map(({ user }) => user));
    if (friends) this.asked = new Set(friends.filter(({ state }) => state === 'asked').map(({ user }) => user));
    const created = resultOf(result, 'create_group');
    if (created) this.groups.add(created.data.group);
    const added = resultOf(result, 'add');
    if (added) this.asked.add(added.data.user);
  }

  addEvent(event: ClientEvent): void {
    if (event.event === 'friend_added' || event.event === 'friend_removed') this.asked.delete(event.user);
    if (event.event === 'friend_added') this.friends.add(event.user);
    if (event.event === 'friend_removed') this.friends.delete(event.user);
    if (event.event === 'group_joined') this.groups.add(event.group);
    if (event.event === 'group_left') this.groups.delete(event.group);
  }

  /** A hint if the conversation that was opened, or the group that was created, shares its name with another one. */
  alsoCalled(result: CommandResult, view: ViewOptions): string[] {
    const user = resultOf(result, 'connect')?.data.user;
    if (user !== undefined && this.groups.has(user))
      return [
        typedHere(`You are in a group called ${shownName(user, view)}, too. To open it, type: group ${user}`, view),
      ];
    const group = (resultOf(result, 'group') ?? resultOf(result, 'create_group'))?.data.group;
    if (group === undefined || !this.friends.has(group)) return [];
    return [
      typedHere(
        `You have a friend called ${shownName(group, view)}, too. To write to them, type: connect ${group}`,
        view,
      ),
    ];
  }

  /** The lines to show instead of a refusal that would mislead; null for all other results. */
  instead(result: CommandResult, view: ViewOptions): string[] | null {
    const { ok, command } = result;
    if (ok || result.refusal.code !== 'NOT_FRIENDS' || command === null || !('user' in command)) return null;
    const name = command.user;
    if (name === null) return null;
    const shown = `${view.colours.bad('!')} ${shownName(name, view)}`;
    if (this.asked.has(name))
      return [`${shown} has not answered your friend request yet. You are told when it happens.`];
    return this.groups.has(name) ? [typedHere(`${shown} is a group. To open it, type: group ${name}`, view)] : null;
  }
}
