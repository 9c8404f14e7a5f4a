// Groups as lines: which there are, who is in them, what is said in them.

import type { Answers, ClientEvent } from '../../../../protocols/control/answer.js';
import type { GroupEvent } from '../../../../protocols/control/group-command.js';
import { sanitize } from '../../../../protocols/kit/sanitize.js';
import { columns, counted, shownName, type ViewOptions } from '../view-options.js';
import { drawGroupMessage } from './messages.js';
import { dayAndTime } from '../format-time.js';

export function drawGroups({ groups }: Answers['groups'], view: ViewOptions): string[] {
  if (groups.length === 0) return ['No groups yet. Type: create_group <group>'];
  const rows = groups.map(({ group, mine, public: isPublic, leader, members, unread }) => [
    mine ? '●' : '○',
    sanitize(group),
    [isPublic ? 'public' : 'private', `led by ${sanitize(leader)}`, counted(members, 'member')]
      .concat(unread > 0 ? [`${unread} unread`] : [])
      .join(', '),
  ]);
  return columns(rows, (cell, column, row) =>
    column === 1 ? view.colours.name(groups[row]?.group ?? cell, cell) : cell,
  );
}

/** Who leads, since when, who is in it; then what is not certain yet. */
export function drawMembers(data: Answers['members'], view: ViewOptions): string[] {
  const { group, leader, members, since, pending, forks } = data;
  const others = members.map((user) => shownName(user, view)).join(', ');
  return [
    `${shownName(group, view)}: ${shownName(leader, view)} leads since ${dayAndTime(since, view.now, view.zone)}.`,
    `  ${counted(members.length, 'member')}: ${others}`,
    ...pending.map(({ does, user }) => view.colours.faint(`  not confirmed yet: ${sanitize(does)} ${sanitize(user)}`)),
    ...forks.map(
      ({ mine, theirs }) =>
        `${view.colours.bad('!')} two histories: ${mine} here, ${theirs} elsewhere. Type: evidence ${group} <file>`,
    ),
  ];
}

export function drawGroupOpened({ group, members }: Answers['group'], view: ViewOptions): string[] {
  return [
    `You are talking to the group ${shownName(group, view)} (${counted(members, 'member')}). /exit leaves the conversation.`,
  ];
}

export function drawEvidence({ group, path, liar, fingerprint }: Answers['evidence']): string[] {
  const verdict =
    liar === null
      ? 'It proves two histories, and no lie of one leader.'
      : `It proves that ${liar} lied, if this is their key: ${fingerprint}`;
  return [`Evidence about ${sanitize(group)}: ${sanitize(path)}. ${sanitize(verdict)}`];
}

type At = Extract<ClientEvent, { event: GroupEvent['event'] }>;

export function drawGroupEvent(event: At, view: ViewOptions): string[] {
  const group = shownName(event.group, view);
  switch (event.event) {
    case 'group_request':
      return [`${shownName(event.from, view)} wants to join ${group}. ${advice(`${event.from} ${event.group}`, view)}`];
    case 'group_invite':
      return [
        `${shownName(event.from, view)} invites you into the group ${group}. ${advice(`group:${event.group}`, view)}`,
      ];
    case 'group_joined':
      return [`You are a member of ${group} now.`];
    case 'group_left':
      return [`You are not in ${group} any more (${sanitize(event.reason)}). What was said until then stays with you.`];
    case 'group_members':
      return [
        view.colours.faint(
          `${sanitize(event.group)}: ${event.members.map(sanitize).join(', ')}; ${sanitize(event.leader)} leads`,
        ),
      ];
    case 'group':
      return [drawGroupMessage({ ...event, kind: 'group' }, view)];
    case 'group_progress':
      return [view.colours.faint(`${sanitize(event.group)}: ${counted(event.received, 'message')} caught up`)];
  }
}

function advice(what: string, { colours: colours }: ViewOptions): string {
  return colours.faint(`(accept ${sanitize(what)} or reject ${sanitize(what)})`);
}
