// A client for tests of user interfaces: answers at once from fixed data, records commands, emits events on demand.

import type { Answer, Answers } from '../../../../protocols/control/answer.js';
import type { ClientEvent } from '../../../../protocols/control/event.js';
import type { OwnDevice } from '../../../../protocols/control/commands/account.js';
import type { HistoryMessage, OutboxMessage } from '../../../../protocols/control/commands/messages.js';
import type { DownloadSummary, PostSummary, PostCommand } from '../../../../protocols/control/commands/posts.js';
import { isArchiveCommand, type ArchiveCommand } from '../../../../protocols/control/commands/archive.js';
import type { Command } from '../../../../protocols/control/command.js';
import type { GroupCommand } from '../../../../protocols/control/commands/groups.js';
import type { ClientApi, Ready } from '../../../../protocols/control/client-api.js';
import type { ChannelCommand } from '../../../../protocols/control/commands/channels.js';
import { channelAnswer, isChannelCommand } from './fake-channels.js';
import { groupAnswer } from './fake-groups.js';
import { Refusal } from '../../../../protocols/kit/refusals.js';

export const READY: Ready = { user: 'alice', tcp: 40_001, udp: 40_001, version: '1.0.0' };
export const NOON = '2026-11-20T12:00:00.000Z';
const KEY = 'A'.repeat(43);
const FINGERPRINT = 'acorn bridge cedar dune ember fern';
const DEVICE = 'olive river stone train uncle vivid';

const ME = {
  user: 'alice',
  key: KEY,
  fingerprint: FINGERPRINT,
  device: KEY,
  deviceFingerprint: DEVICE,
  online: true,
};

type DeviceCommand = Extract<Command, { type: 'devices' | 'renew-device' }>;

const DEVICES: OwnDevice[] = [
  { device: KEY, fingerprint: DEVICE, since: '2026-11-19T08:30:00.000Z', lastSeen: NOON, state: 'this' },
  {
    device: 'B'.repeat(43),
    fingerprint: FINGERPRINT,
    since: '2026-11-01T08:30:00.000Z',
    lastSeen: '2026-11-19T08:30:00.000Z',
    state: 'replaced',
  },
];

export class FakeClient implements ClientApi {
  readonly commands: (Command | ArchiveCommand)[] = [];
  /** Answers to give instead of the usual ones, by command. A promise lets a test decide when. */
  readonly answers = new Map<(Command | ArchiveCommand)['type'], Answer | Promise<Answer>>();
  private readonly listeners = new Set<(event: ClientEvent) => void>();
  private said = 0;

  async command(command: Command | ArchiveCommand): Promise<Answer> {
    this.commands.push(command);
    const special = this.answers.get(command.type);
    if (special !== undefined) return special;
    const data = isArchiveCommand(command) ? archiveAnswer(command) : this.answer(command);
    return data instanceof Refusal ? { ok: false, refusal: data } : { ok: true, data };
  }

  onEvent(listener: (event: ClientEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(event: ClientEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  private answer(command: Command): Answers[keyof Answers] | Refusal {
    switch (command.type) {
      case 'say':
        this.said += 1;
        return isFriend(command.user) ?? { id: `m${this.said}`, state: 'queued' };
      case 'message':
        return command.user === 'bob' ? { id: 'q1', state: 'delivered' } : new Refusal('UNREACHABLE', command.user);
      case 'connect':
        return isFriend(command.user) ?? { user: command.user, online: command.user === 'bob', unread: 0 };
      case 'history':
        return isFriend(command.user) ?? { messages: PAST };
      case 'lookup':
        return lookup(command.user);
      case 'search':
        return { messages: PAST.map((line) => ({ ...line, in: 'bob' })).reverse() };
      default:
        return fixed(command);
    }
  }
}

function fixed(command: Exclude<Command, { type: 'say' | 'message' | 'connect' | 'history' | 'lookup' | 'search' }>) {
  switch (command.type) {
    case 'online':
    case 'unregister':
      return { user: 'alice' };
    case 'exit':
      return { waiting: [] };
    case 'whoami':
      return ME;
    case 'stats':
      return { stored: { messages: 1_204, bytes: 3_200_000 }, friends: 2, links: 1, uptimeMs: 93_780_000 };
    case 'who':
      return { users: ['alice', 'bob'] };
    case 'update':
      return { updated: 2 };
    case 'requests':
      return { requests: [{ kind: 'friend', from: 'dave', note: 'from the lake' } as const] };
    case 'list':
      return { friends: FRIENDS };
    case 'verify':
      return verified(command);
    case 'outbox':
      return { messages: [WAITING], downloads: 0 };
    case 'cancel':
      return command.id === WAITING.id ? { id: command.id } : new Refusal('MESSAGE_UNKNOWN', command.id);
    case 'offline':
    case 'leave':
      return {};
    case 'add':
    case 'accept':
    case 'reject':
    case 'block':
    case 'unblock':
    case 'remove':
      return { user: command.user };
    default:
      return shared(command);
  }
}

/** The name server lists another key for carol. */
function verified({ user, confirm, reject }: Extract<Command, { type: 'verify' }>) {
  const claimed = user === 'carol' && !reject ? '67890'.repeat(12) : null;
  return { safetyNumber: '12345'.repeat(12), claimed, verified: confirm !== null };
}

function shared(command: PostCommand | GroupCommand | ChannelCommand | DeviceCommand) {
  switch (command.type) {
    case 'devices':
      return { devices: DEVICES };
    case 'renew-device':
      return { device: 'D'.repeat(43), fingerprint: 'hazel ember north lake tide mint' };
    case 'post_upload':
    case 'post_text':
    case 'post_remove':
      return { post: POST.post };
    case 'post_get':
      return { post: POST.post, path: command.to ?? `data/alice/downloads/${POST.post}`, sha256: POST.sha256 };
    case 'downloads':
      return { downloads: [WAITING_DOWNLOAD] };
    case 'post_list':
    case 'feed':
      return { posts: [POST, { ...POST, text: 'the ice is gone' }] };
    default:
      return isChannelCommand(command) ? channelAnswer(command) : groupAnswer(command);
  }
}

const POST: PostSummary = {
  post: 'q3JYw0kEo1q5hZ2xT9uV7g',
  from: 'bob',
  title: 'The lake',
  size: 3_200_000,
  type: 'image/jpeg',
  at: '2026-11-20T11:50:00.000Z',
  sha256: 'A'.repeat(43),
  text: null,
  reshared: false,
};

export const WAITING_DOWNLOAD: DownloadSummary = {
  post: POST.post,
  from: 'bob',
  title: POST.title,
  size: POST.size,
  received: 1_280_000,
  state: 'waiting',
  why: 'the other side does not answer.',
};

const BACKUP = { user: 'alice', at: '2026-11-19T08:30:00.000Z', messages: 3, friends: 1 };

function archiveAnswer(command: ArchiveCommand) {
  switch (command.type) {
    case 'export':
      return { path: command.to ?? 'data/alice/exports/alice.json', messages: 3 };
    case 'backup':
      return { path: command.file, ...BACKUP };
    case 'certificate':
      return { certificate: 'pem/certificate.pem', key: 'pem/key.pem' };
    case 'restore':
      return { ...BACKUP, before: command.check ? null : 'data/alice/before-restore-20261120T120000000Z' };
    case 'identity':
    case 'identity_unlock':
      return { key: KEY, state: 'unlocked' };
    case 'identity_lock':
      return { key: KEY, state: 'locked' };
    case 'identity_export':
      return { key: KEY, state: 'elsewhere', path: command.file };
  }
}

const FRIENDS: Answers['list']['friends'] = [
  { user: 'bob', online: true, lastSeen: null, unread: 0, verified: true, state: 'friend' },
  { user: 'carol', online: false, lastSeen: '2026-11-19T08:30:00.000Z', unread: 2, verified: false, state: 'friend' },
  { user: 'erin', online: false, lastSeen: null, unread: 0, verified: false, state: 'asked' },
];

const PAST: HistoryMessage[] = [
  { id: 'h1', from: 'bob', text: 'are you there?', at: '2026-11-19T22:10:00.000Z', kind: 'chat', state: 'read' },
  { id: 'h2', from: 'alice', text: 'now I am', at: '2026-11-20T07:05:00.000Z', kind: 'chat', state: 'read' },
  { id: 'h3', from: 'alice', text: 'look', at: '2026-11-20T07:06:00.000Z', kind: 'quick', state: 'unconfirmed' },
  {
    id: 'h4',
    from: 'alice',
    text: 'I owe you ten',
    at: '2026-11-20T07:07:00.000Z',
    kind: 'chat',
    state: 'remembered',
    rememberedBy: 'bob',
  },
];

export const WAITING: OutboxMessage = {
  id: 'q3JYw0kEo1q5hZ2xT9uV7g',
  to: 'carol',
  text: 'see you at eight',
  at: '2026-11-20T11:00:00.000Z',
  state: 'queued',
  nextTry: null,
  why: null,
};

function isFriend(user: string): Refusal | null {
  return user === 'bob' || user === 'carol' ? null : new Refusal('NOT_FRIENDS', user);
}

function lookup(user: string): Answers['lookup'] | Refusal {
  const friend = FRIENDS.find((one) => one.user === user);
  if (!friend) return new Refusal('USER_UNKNOWN', user);
  return { user, online: friend.online, lastSeen: friend.lastSeen, key: KEY, fingerprint: FINGERPRINT };
}
