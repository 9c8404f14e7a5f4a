// What happened, as lines for a person.

import type { ClientEvent } from '../../../protocols/control/answer.js';
import { harmless } from '../../../protocols/kit/text.js';
import { drawChannelEvent } from './answers/channels.js';
import { drawGroupEvent } from './answers/groups.js';
import { who, type Look } from './look.js';
import { drawMessage, drawProgress } from './answers/messages.js';
import { drawRequest } from './answers/people.js';
import { drawPosted, drawRemovedPost } from './answers/posts.js';

export function drawEvent(event: ClientEvent, look: Look): string[] {
  switch (event.event) {
    case 'online':
      return [look.paint.faint(`● ${harmless(event.user)} is online`)];
    case 'offline':
      return [look.paint.faint(`○ ${harmless(event.user)} is offline`)];
    case 'friend_request':
      return [drawRequest(event.from, event.note, look)];
    case 'friend_added':
      return [`You and ${who(event.user, look)} are friends now.`];
    case 'friend_removed':
      return [`You and ${who(event.user, look)} are not friends any more.`];
    case 'chat':
      return [drawMessage({ ...event, kind: 'chat' }, look)];
    case 'quick':
      return [drawMessage({ ...event, kind: 'quick' }, look)];
    case 'state':
      return [drawProgress({ ...event, count: 1, text: null }, look)];
    case 'post':
      return [drawPosted(event, look)];
    case 'post_removed':
      return [drawRemovedPost(event, look)];
    case 'progress':
      return []; // see progress-meter.ts
    case 'post_done':
      return [`✓ ${harmless(event.post)} is here: ${harmless(event.path)}`];
    case 'connection':
      return [look.paint.faint(drawConnection(event))];
    case 'warning':
      return [`${look.paint.bad('!')} ${harmless(event.message)}`];
    case 'channel':
    case 'private':
      return drawChannelEvent(event, look);
    default:
      return drawGroupEvent(event, look);
  }
}

function drawConnection({ state, reason }: Extract<ClientEvent, { event: 'connection' }>): string {
  const why = reason === '' ? '' : ` (${harmless(reason)})`;
  switch (state) {
    case 'online':
      return 'Connected to the name server.';
    case 'offline':
      return `Not connected to the name server${why}.`;
    case 'retrying':
      return `The name server is away${why}; trying on. Everything you write is kept.`;
  }
}
