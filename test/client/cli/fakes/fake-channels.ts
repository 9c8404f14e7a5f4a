// Canned answers to commands about channels.

import type { Answers } from '../../../../protocols/control/answer.js';
import type {
  ChannelCommand,
  ChannelSummary,
  ChannelSpeaker,
} from '../../../../protocols/control/commands/channels.js';
import { Refusal } from '../../../../protocols/kit/refusals.js';

export function isChannelCommand(command: { type: string }): command is ChannelCommand {
  return ['join', 'part', 'channels', 'channel', 'private'].includes(command.type);
}

export function channelAnswer(command: ChannelCommand): Answers[keyof Answers] | Refusal {
  switch (command.type) {
    case 'join':
      return { ...LAB, channel: command.channel };
    case 'part':
      return command.channel === 'lab' ? { channel: 'lab' } : new Refusal('CHANNEL_NOT_IN', command.channel);
    case 'channels':
      return { connection: 'away', channels: [LAB, { ...LAB, channel: 'den', joined: false }] };
    case 'channel':
      if (command.channel !== 'lab') return new Refusal('CHANNEL_NOT_IN', command.channel);
      return { channel: 'lab', id: 'c1', at: '2026-11-20T12:00:00.000Z' };
    case 'private':
      return whispered(command.to);
  }
}

function whispered(to: string): Answers['private'] | Refusal {
  if (to === 'bob') return { to, key: 'B'.repeat(43), id: 'p1', state: 'delivered' };
  if (to !== 'carol') return new Refusal('VISITOR_UNKNOWN', to);
  return new Refusal('AMBIGUOUS', 'carol (olive-river-stone-train-uncle-vivid, amber-boat-cabin-dawn-eagle-fog)');
}

const voice = (from: string, fingerprint: string, known: Partial<ChannelSpeaker> = {}): ChannelSpeaker => {
  return { from, key: from.repeat(8), fingerprint, user: null, isNamesake: false, ...known };
};

const LAB: ChannelSummary = {
  channel: 'lab',
  joined: true,
  here: [
    voice('alice', 'a b c d e f', { user: 'alice' }),
    voice('bob', 'a b c d e f', { user: 'bob' }),
    voice('carol', 'olive river stone train uncle vivid'),
    voice('bob', 'amber boat cabin dawn eagle fog', { isNamesake: true }),
  ],
  count: 5,
  elsewhere: 3,
};
