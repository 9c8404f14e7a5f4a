// Which part carries out which command. Each command is answered exactly once, now or when what it waits for has
// happened.

import type { Command } from '../../protocols/control/command.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { Parts } from './parts.js';

export function routeCommand(parts: Parts, ref: number, command: Command): void {
  switch (command.type) {
    case 'online':
      return parts.session.goOnline(ref, command.acceptServer);
    case 'offline':
      return parts.departure.offline(ref);
    case 'exit':
      return parts.departure.exit(ref);
    case 'unregister':
      return parts.departure.unregister(ref);
    case 'whoami':
      return parts.directory.whoami(ref);
    case 'lookup':
      return parts.directory.lookup(ref, command.user);
    case 'who':
      return parts.directory.who(ref);
    case 'update':
      return parts.directory.update(ref);
    case 'verify':
      return parts.directory.verify(ref, command.user, command.confirm);
    default:
      return routeFriendly(parts, ref, command);
  }
}

type Friendly = Exclude<
  Command,
  { type: 'online' | 'offline' | 'exit' | 'unregister' | 'whoami' | 'lookup' | 'who' | 'update' | 'verify' }
>;

function routeFriendly(parts: Parts, ref: number, command: Friendly): void {
  switch (command.type) {
    case 'add':
      return parts.friends.add(ref, command.user, command.note);
    case 'requests':
      return parts.replies.requests(ref);
    case 'accept':
    case 'reject':
      return parts.replies.reply(ref, command);
    case 'remove':
      return parts.friends.reply(ref, command.user, command.type);
    case 'block':
      return parts.friends.block(ref, command.user);
    case 'unblock':
      return parts.friends.unblock(ref, command.user);
    case 'list':
      return parts.reading.list(ref);
    default:
      return routeTalk(parts, ref, command);
  }
}

type Talk = Exclude<
  Friendly,
  { type: 'add' | 'requests' | 'accept' | 'reject' | 'remove' | 'block' | 'unblock' | 'list' }
>;

function routeTalk(parts: Parts, ref: number, command: Talk): void {
  switch (command.type) {
    case 'connect':
      if (parts.reading.connect(ref, command.user)) parts.reach.wish(command.user, LIMITS.connectAttemptMs);
      return;
    case 'leave':
      return parts.reading.leave(ref);
    case 'say':
      return parts.outbox.say(ref, command.user, command.text);
    case 'message':
      return parts.quick.message(ref, command.user, command.text);
    case 'history':
      return parts.replies.history(ref, command, (peer) => parts.reading.history(ref, peer, command));
    case 'search':
      return parts.reading.search(ref, command);
    case 'outbox':
      return parts.outbox.list(ref, parts.groupCommands.waiting());
    case 'cancel':
      return parts.posts.cancel(ref, command.id) ? undefined : parts.outbox.cancel(ref, command.id);
    case 'post_upload':
    case 'post_text':
    case 'post_list':
    case 'post_get':
    case 'post_remove':
    case 'feed':
      return parts.posts.command(ref, command);
    case 'join':
    case 'part':
    case 'channels':
    case 'channel':
    case 'private':
      return parts.channels.command(ref, command);
    default:
      return parts.groupCommands.carryOut(ref, command);
  }
}
