// Groups as lines: which there are, who is in them, what is said in them.

import type { Answers, ClientEvent } from '../../../../protocols/control/answer.js';
import type { GroupEvent } from '../../../../protocols/control/group-command.js';
import { harmless } from '../../../../protocols/kit/text.js';
import { columns, counted, who, type Look } from '../look.js';
import { drawSpoken } from './messages.js';
import { dayAndTime } from '../moment.js';

export function drawGroups({ groups }: Answers['groups'], look: Look): string[] {
  if (groups.length === 0) return ['No groups yet. Type: create_group <group>'];
  const rows = groups.map(({ group, mine, public: isPublic, leader, members, unread }) => [
    mine ? '●' : '○',
    harmless(group),
    [isPublic ? 'public' : 'private', `led by ${harmless(leader)}`, counted(members, 'member')]
      .concat(unread > 0 ? [`${unread} unread`] : [])
      .join(', '),
  ]);
  return columns(rows, (cell, column, row) =>
    column === 1 ? look.paint.name(groups[row]?.group ?? cell, cell) : cell,
  );
}

/** Who leads, since when, who is in it; then what is not certain yet. */
export function drawMembers(data: Answers['members'], look: Look): string[] {
  const { group, leader, members, since, pending, forks } = data;
  const others = members.map((user) => who(user, look)).join(', ');
  return [
    `${who(group, look)}: ${who(leader, look)} leads since ${dayAndTime(since, look.now, look.zone)}.`,
    `  ${counted(members.length, 'member')}: ${others}`,
    ...pending.map(({ does, user }) => look.paint.faint(`  not confirmed yet: ${harmless(does)} ${harmless(user)}`)),
    ...forks.map(
      ({ mine, theirs }) =>
        `${look.paint.bad('!')} two histories: ${mine} here, ${theirs} elsewhere. Type: evidence ${group} <file>`,
    ),
  ];
}

export function drawGroupOpened({ group, members }: Answers['group'], look: Look): string[] {
  return [
    `You are talking to the group ${who(group, look)} (${counted(members, 'member')}). /exit leaves the conversation.`,
  ];
}

export function drawEvidence({ group, path, liar, fingerprint }: Answers['evidence']): string[] {
  const verdict =
    liar === null
      ? 'It proves two histories, and no lie of one leader.'
      : `It proves that ${liar} lied, if this is their key: ${fingerprint}`;
  return [`Evidence about ${harmless(group)}: ${harmless(path)}. ${harmless(verdict)}`];
}

type At = Extract<ClientEvent, { event: GroupEvent['event'] }>;

export function drawGroupEvent(event: At, look: Look): string[] {
  const group = who(event.group, look);
  switch (event.event) {
    case 'group_request':
      return [`${who(event.from, look)} wants to join ${group}. ${advice(`${event.from} ${event.group}`, look)}`];
    case 'group_invite':
      return [`${who(event.from, look)} invites you into the group ${group}. ${advice(`group:${event.group}`, look)}`];
    case 'group_joined':
      return [`You are a member of ${group} now.`];
    case 'group_left':
      return [`You are not in ${group} any more (${harmless(event.reason)}). What was said until then stays with you.`];
    case 'group_members':
      return [
        look.paint.faint(
          `${harmless(event.group)}: ${event.members.map(harmless).join(', ')}; ${harmless(event.leader)} leads`,
        ),
      ];
    case 'group':
      return [drawSpoken({ ...event, kind: 'group' }, look)];
    case 'group_progress':
      return [look.paint.faint(`${harmless(event.group)}: ${counted(event.received, 'message')} caught up`)];
  }
}

function advice(what: string, { paint }: Look): string {
  return paint.faint(`(accept ${harmless(what)} or reject ${harmless(what)})`);
}
