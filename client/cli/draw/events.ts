// Events as lines for a person.

import type { ClientEvent } from '../../../protocols/control/event.js';
import { sanitize } from '../../../protocols/kit/sanitize.js';
import { drawChannelEvent } from './answers/channels.js';
import { drawGroupEvent } from './answers/groups.js';
import { drawMessage, drawStateChange } from './answers/messages.js';
import { drawRequest } from './answers/people.js';
import { drawNewPost, drawRemovedPost, drawWaiting, drawDownloaded } from './answers/posts.js';
import { shownName, type ViewOptions } from './view-options.js';

export function drawEvent(event: ClientEvent, view: ViewOptions): string[] {
  switch (event.event) {
    case 'online':
      return [view.colours.faint(`● ${sanitize(event.user)} is online`)];
    case 'offline':
      return [view.colours.faint(`○ ${sanitize(event.user)} is offline`)];
    case 'friend_request':
      return [drawRequest(event.from, event.note, view)];
    case 'friend_added':
      return [`You and ${shownName(event.user, view)} are friends now.`];
    case 'friend_removed':
      return [`You and ${shownName(event.user, view)} are no longer friends.`];
    case 'chat':
      return [drawMessage({ ...event, kind: 'chat' }, view)];
    case 'quick':
      return [drawMessage({ ...event, kind: 'quick' }, view)];
    case 'state':
      return [drawStateChange({ ...event, count: 1, text: null }, view)];
    case 'post':
      return [drawNewPost(event, view)];
    case 'post_removed':
      return [drawRemovedPost(event, view)];
    case 'progress':
      return []; // drawn by progress-meter.ts
    case 'post_waiting':
      return [drawWaiting(event, view)];
    case 'post_done':
      return [drawDownloaded(event, view)];
    case 'connection':
      return [view.colours.faint(drawConnection(event))];
    case 'warning':
      return [`${view.colours.bad('!')} ${sanitize(event.message)}`];
    case 'channel':
    case 'private':
      return drawChannelEvent(event, view);
    default:
      return drawGroupEvent(event, view);
  }
}

function drawConnection({ state, reason }: Extract<ClientEvent, { event: 'connection' }>): string {
  const why = reason === '' ? '' : ` (${sanitize(reason)})`;
  switch (state) {
    case 'online':
      return 'Connected to the name server.';
    case 'offline':
      return `Not connected to the name server${why}.`;
    case 'retrying':
      return `Not connected to the name server${why}. Trying again; your messages are queued.`;
  }
}
