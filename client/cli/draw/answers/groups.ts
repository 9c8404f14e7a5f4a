// Groups as lines: lists, leader and members, events.

import type { Answers } from '../../../../protocols/control/answer.js';
import type { GroupCommandMap, OtherMember } from '../../../../protocols/control/commands/groups.js';
import type { ClientEvent, GroupChange, GroupEvent } from '../../../../protocols/control/event.js';
import { sanitize } from '../../../../protocols/kit/sanitize.js';
import type { Drawers } from '../drawers.js';
import { dayAndTime } from '../format-time.js';
import { otherName } from '../other-name.js';
import { columns, counted, shownName, type ViewOptions } from '../view-options.js';
import { drawGroupMessage, drawStateChange } from './messages.js';

export const GROUP_DRAWERS: Drawers<GroupCommandMap> = {
  create_group: ({ group, public: isPublic }, _, view) => [
    `You created and lead the group ${shownName(group, view)}. It is ${isPublic ? 'public' : 'private'}.`,
  ],
  groups: (data, _, view) => drawGroups(data, view),
  members: (data, _, view) => drawMembers(data, view),
  group: (data, _, view) => drawOpened(data, view),
  broadcast: ({ state }, { group, text }, view) => [drawStateChange({ to: group, state, count: 1, text }, view)],
  join_group: ({ group, asked }, _, view) => [
    `You asked ${shownName(asked, view)} to join the group ${shownName(group, view)}.`,
  ],
  leave_group: ({ group }, _, view) => [`You left the group ${shownName(group, view)}.`],
  invite: ({ group, user }, _, view) => [`Invited ${shownName(user, view)} to the group ${shownName(group, view)}.`],
  remove_member: ({ group, user }, _, view) => [
    `Removed ${shownName(user, view)} from the group ${shownName(group, view)}.`,
  ],
  transfer: ({ group, user }, _, view) => [
    `You asked ${shownName(user, view)} to lead the group ${shownName(group, view)}.`,
  ],
  evidence: (data) => drawEvidence(data),
};

function drawGroups({ groups }: Answers['groups'], view: ViewOptions): string[] {
  if (groups.length === 0) return ['No groups yet. Type: create_group <group>'];
  const rows = groups.map(({ group, mine, public: isPublic, leader, otherKey, members, unread }) => [
    mine ? '●' : '○',
    sanitize(group),
    [
      isPublic ? 'public' : 'private',
      `leader ${sanitize(otherKey === undefined ? leader : otherName(leader, otherKey))}`,
      counted(members, 'member'),
    ]
      .concat(unread > 0 ? [`${unread} unread`] : [])
      .join(', '),
  ]);
  return columns(rows, (cell, column, row) =>
    column === 1 ? view.colours.name(groups[row]?.group ?? cell, cell) : cell,
  );
}

/** Leader and members first, then the changes that are not confirmed, then contradictions. */
function drawMembers(data: Answers['members'], view: ViewOptions): string[] {
  const { group, leader, members, others, since, pending, forks } = data;
  const names = members.map((user) => memberName(user, others, view)).join(', ');
  const sinceText = dayAndTime(since, view.now, view.zone);
  return [
    `${shownName(group, view)}: leader ${memberName(leader, others, view)}, since ${sinceText}.`,
    `  ${counted(members.length, 'member')}: ${names}`,
    ...pending.map(({ does, user }) => view.colours.faint(`  not confirmed yet: ${sanitize(does)} ${sanitize(user)}`)),
    ...forks.map(
      ({ mine, theirs }) =>
        `${view.colours.bad('!')} two histories: ${mine} here, ${theirs} elsewhere. Type: evidence ${group} <file>`,
    ),
  ];
}

function memberName(user: string, others: readonly OtherMember[] | undefined, view: ViewOptions): string {
  const marked = markedName(user, others);
  return marked === user ? shownName(user, view) : view.colours.bad(sanitize(marked));
}

function markedName(user: string, others: readonly OtherMember[] = []): string {
  const other = others.find((one) => one.user === user);
  return other ? otherName(user, other.fingerprint) : user;
}

function drawOpened({ group, members }: Answers['group'], view: ViewOptions): string[] {
  const size = counted(members, 'member');
  return [`Conversation with the group ${shownName(group, view)} (${size}). Type /exit to close it.`];
}

function drawEvidence({ group, path, liar, fingerprint }: Answers['evidence']): string[] {
  const verdict =
    liar === null
      ? 'It proves that there are two histories, but not that a leader lied.'
      : `It proves that ${liar} lied, if this is the fingerprint of ${liar}: ${fingerprint}`;
  return [`Evidence about the group ${sanitize(group)}: ${sanitize(path)}. ${sanitize(verdict)}`];
}

type DrawnEvent = Extract<ClientEvent, { event: GroupEvent['event'] }>;

export function drawGroupEvent(event: DrawnEvent, view: ViewOptions): string[] {
  const group = shownName(event.group, view);
  const others = event.event === 'group_members' ? event.others : [];
  const named = (user: string): string => sanitize(markedName(user, others));
  switch (event.event) {
    case 'group_request':
      return [
        `${shownName(event.from, view)} asks to join the group ${group}. ${advice(`${event.from} ${event.group}`, view)}`,
      ];
    case 'group_invite':
      return [
        `${shownName(event.from, view)} invites you to the group ${group}. ${advice(`group:${event.group}`, view)}`,
      ];
    case 'group_joined':
      return [`You are a member of the group ${group} now.${newcomersSee(event.history)}`];
    case 'group_left':
      return [`You are no longer in the group ${group} (${sanitize(event.reason)}). Its messages so far stay here.`];
    case 'group_members':
      if (event.changes) {
        const lines = event.changes.map(
          ({ user, change }) => `${sanitize(event.group)}: ${named(user)} ${CHANGES[change]}`,
        );
        return lines.map((line) => view.colours.faint(line));
      }
      return [
        view.colours.faint(
          `${sanitize(event.group)}: members ${event.members.map(named).join(', ')}; leader ${named(event.leader)}`,
        ),
      ];
    case 'group':
      return [drawGroupMessage({ ...event, kind: 'group' }, view)];
    case 'group_progress':
      return [view.colours.faint(`${sanitize(event.group)}: received ${counted(event.received, 'earlier message')}`)];
  }
}

const CHANGES: Readonly<Record<GroupChange['change'], string>> = {
  joined: 'joined',
  left: 'left',
  removed: 'was removed',
  leads: 'leads the group now',
};

function newcomersSee(history: 'none' | 'all' | number | undefined): string {
  if (history === undefined) return '';
  if (history === 'none') return ' New members see no earlier messages.';
  return history === 'all'
    ? ' New members see all earlier messages.'
    : ` New members see the last ${history} messages.`;
}

function advice(words: string, { colours }: ViewOptions): string {
  return colours.faint(`(accept ${sanitize(words)} or reject ${sanitize(words)})`);
}
