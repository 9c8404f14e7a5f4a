// Who hears of what: each fact goes to the parts it concerns, in the order that lets each stand on what the one
// before did.

import {
  ackFrameShape,
  messageFrameShape,
  messageLetterShape,
  readFrameShape,
  readLetterShape,
  recoveryFrameShape,
  recoveryRequestFrameShape,
  receiptLetterShape,
} from '../../protocols/chat/messages.js';
import { groupFrameShape, groupLetterShape } from '../../protocols/groups/frames.js';
import { assertNever } from '../../protocols/kit/machine.js';
import type { PartEvent, LinkPeer, ReceivedLetter } from './core/events.js';
import type { Parts } from './parts.js';

export function routeFact(parts: Parts, fact: PartEvent): void {
  switch (fact.type) {
    case 'awake':
      parts.renewal.awake();
      parts.refill.awake();
      parts.posts.awake();
      parts.channels.awake();
      return parts.outbox.peers().forEach((user) => parts.reach.need(user));
    case 'asleep':
      parts.posts.asleep();
      parts.channels.asleep();
      parts.quick.sleep();
      parts.reach.sleep();
      return parts.links.cutAll();
    case 'online':
      return online(parts);
    case 'offline':
      parts.presence.blind();
      parts.mail.sessionEnded();
      parts.friends.sessionEnded();
      parts.hold.sessionEnded();
      parts.groupMail.sessionEnded();
      return parts.incomingMail.sessionEnded();
    case 'presence':
      if (fact.online) parts.reach.tryNow(fact.user);
      parts.posts.presence(fact.user, fact.online);
      parts.companions.presence(fact.user, fact.online);
      parts.groupMail.considerUser(fact.user);
      return parts.hold.consider(fact.user);
    case 'letter':
      return routeLetter(parts, fact.letter);
    default:
      return routeFriendFact(parts, fact);
  }
}

function online(parts: Parts): void {
  parts.presence.watchAll();
  parts.mail.tryAgain();
  parts.incomingMail.online();
  parts.reach.tryAllNow();
  parts.renewal.online();
  parts.friends.online();
  parts.posts.online();
  parts.companions.online();
  parts.publicGroups.online();
  parts.groupMail.considerAll();
  parts.hold.online();
  parts.channels.online();
}

type FriendFact = Exclude<PartEvent, { type: 'awake' | 'asleep' | 'online' | 'offline' | 'presence' | 'letter' }>;

function routeFriendFact(parts: Parts, fact: FriendFact): void {
  switch (fact.type) {
    case 'linked':
      parts.reach.linked(fact.peer.user);
      parts.groups.linked(fact.peer.user);
      if (!parts.people.isFriend(fact.peer.user)) return; // words of groups and nothing else
      parts.quick.linked(fact);
      parts.refill.linked(fact.peer.user);
      parts.posts.linked(fact.peer);
      return parts.outbox.linked(fact.peer.user);
    case 'unlinked':
      parts.groups.unlinked(fact.user);
      parts.groupMail.unlinked(fact.user);
      parts.refill.seekAgain(fact.user);
      parts.posts.unlinked(fact.user);
      return parts.outbox.unlinked(fact.user);
    case 'frame':
      if (!routeFrame(parts, fact.peer, fact.frame)) parts.links.refuseUser(fact.peer.user, 'MALFORMED');
      return;
    case 'befriended':
      parts.renewal.befriended(fact.user);
      parts.posts.befriended(fact.user);
      return parts.presence.watch(fact.user);
    case 'unfriended':
      return unfriended(parts, fact.user);
    case 'cleared':
      // What is linked may be a device of the key that is no longer theirs.
      parts.links.cut(fact.user);
      parts.quick.forget(fact.user);
      parts.outbox.rewrite(fact.user);
      parts.friends.sayPresent(fact.user);
      return parts.presence.watch(fact.user);
    default:
      return routeDeliveryFact(parts, fact);
  }
}

function unfriended(parts: Parts, user: string): void {
  parts.refill.forget(user);
  parts.posts.unfriended(user);
  parts.outbox.giveUp(user);
  parts.quick.end(user);
  parts.reach.forget(user);
  parts.presence.forget(user);
  parts.links.cut(user);
}

type DeliveryFact = Exclude<
  FriendFact,
  { type: 'linked' | 'unlinked' | 'frame' | 'befriended' | 'unfriended' | 'cleared' }
>;

function routeDeliveryFact(parts: Parts, fact: DeliveryFact): void {
  switch (fact.type) {
    case 'unknown':
      return parts.friends.unknown(fact.user);
    case 'moved':
      return parts.friends.moved(fact.user);
    case 'unreadable':
      return parts.friends.sayPresentToKnown(fact.user);
    case 'mailed':
      parts.posts.mailed(fact.user);
      return parts.hold.consider(fact.user);
    case 'reassured':
      parts.refill.seekAgain(fact.user);
      parts.posts.leaveAgain(fact.user);
      return parts.hold.leaveAgain(fact.user);
    case 'cancelled':
      return parts.hold.leaveAgain(fact.user);
    case 'restored':
      return parts.renewal.restored();
    case 'outrun':
      return parts.renewal.outrun();
    case 'retired':
      return parts.channels.retired();
    case 'known':
      return parts.reach.tryAllNow();
    case 'heard':
      return parts.renewal.heardBy(fact.peer, fact.upTo);
    default:
      return assertNever(fact);
  }
}

/** False where the frame is none that an honest client sends. */
function routeFrame(parts: Parts, peer: LinkPeer, frame: object): boolean {
  if (groupFrameShape.accepts(frame)) {
    parts.groups.frame(peer, frame);
    return true;
  }
  if (!parts.people.isFriend(peer.user)) return false;
  if (messageFrameShape.accepts(frame)) return parts.inbox.message(peer, frame, 'link');
  if (ackFrameShape.accepts(frame)) parts.outbox.acknowledged(peer.user, frame);
  else if (readFrameShape.accepts(frame)) parts.reading.readByPeer(peer.user, frame);
  else if (recoveryRequestFrameShape.accepts(frame)) parts.refill.asked(peer, frame, 'link');
  else if (recoveryFrameShape.accepts(frame)) parts.refill.came(peer, frame, 'link');
  else return parts.posts.frame(peer, frame);
  return true;
}

function routeLetter(parts: Parts, letter: ReceivedLetter): void {
  switch (letter.kind) {
    case 'friend_request':
    case 'friend_answer':
    case 'bye':
      return parts.friends.letter(letter);
    case 'offer':
    case 'answer':
      return parts.reach.letter(letter);
    case 'message':
      return routeMessages(parts, letter);
    case 'receipt':
      if (receiptLetterShape.accepts(letter.body)) parts.outbox.acknowledged(letter.from, letter.body);
      return;
    case 'read':
    case 'refill_wanted':
    case 'refill':
      if (parts.people.isFriend(letter.from)) routeFriendLetter(parts, letter);
      return;
    case 'post':
      if (parts.people.isFriend(letter.from)) parts.posts.letter(letter);
      return;
    case 'group':
      if (groupLetterShape.accepts(letter.body)) parts.admission.letter({ ...letter, body: letter.body });
      return;
    default:
      return assertNever(letter.kind);
  }
}

function routeMessages(parts: Parts, letter: ReceivedLetter): void {
  const { from, device, body } = letter;
  if (!messageLetterShape.accepts(body)) return;
  if (!parts.people.isFriend(from)) return parts.friends.presumed(letter, body.epoch);
  parts.renewal.heardBy({ user: from, device }, body.heard);
  for (const message of body.messages) parts.inbox.message({ user: from, device }, message, 'letter');
}

function routeFriendLetter(parts: Parts, { from: user, device, body }: ReceivedLetter): void {
  if (readLetterShape.accepts(body)) parts.reading.readByPeer(user, body);
  else if (recoveryRequestFrameShape.accepts(body)) parts.refill.asked({ user, device }, body, 'letter');
  else if (recoveryFrameShape.accepts(body)) parts.refill.came({ user, device }, body, 'letter');
}
