// Writes the effects of a relay as text, for transcripts: one line for each effect, with names in place of keys.

import type { ChannelServerFrame } from '../../../../protocols/channels/client-protocol.js';
import type { EnvelopeHeader, PeerFrame } from '../../../../protocols/channels/peer-protocol.js';
import type { PeerEndpoint, RelayEffect, SavedPeer } from '../../../../protocols/channels/relay/io.js';
import type { Card, ChannelMessage, DirectMessage } from '../../../../protocols/channels/signed-objects.js';
import { assertNever } from '../../../../protocols/kit/machine.js';
import { Refusal } from '../../../../protocols/kit/refusals.js';
import type { Signed } from '../../../../protocols/kit/signed.js';

/** The names of connections and keys. */
export interface Names {
  readonly client: (client: number) => string;
  readonly peer: (link: number) => string;
  readonly key: (key: string) => string;
}

const TEXT_LETTERS_MAX = 40;

/** The line for an effect. */
export function effectText(effect: RelayEffect, names: Names): string {
  switch (effect.type) {
    case 'client_send':
      return `to ${effect.clients.map(names.client).join(', ')}: ${serverFrameText(effect.frame, names)}`;
    case 'client_close':
      return `close the connection of ${names.client(effect.client)}`;
    case 'peer_send':
      return `to ${names.peer(effect.link)}: ${peerFrameText(JSON.parse(effect.text) as PeerFrame, names)}`;
    case 'peer_allow_large_frames':
      return `allow large frames from ${names.peer(effect.link)}`;
    case 'peer_close':
      return `close the link to ${names.peer(effect.link)}`;
    case 'dial':
      return `dial ${endpointText(effect.endpoint)}, expect ${effect.key === null ? 'any key' : names.key(effect.key)}`;
    case 'save_peers':
      return `save peers: ${effect.peers.map((peer) => savedPeerText(peer, names)).join('; ') || 'none'}`;
    case 'boot_raised':
      return `save boot ${effect.boot}`;
    case 'boot_outdated':
      return `log: ${names.key(effect.origin)} uses an older boot`;
    case 'answer':
      return `answer: ${effect.outcome instanceof Refusal ? effect.outcome.code : endpointText(effect.outcome)}`;
    default:
      return assertNever(effect);
  }
}

function serverFrameText(frame: ChannelServerFrame, { key }: Names): string {
  switch (frame.type) {
    case 'joined': {
      const here = frame.here.map((card) => contentOf<Card>(card).name).join(', ');
      return `joined #${frame.channel}: ${here} (${frame.count} here, ${frame.elsewhere} elsewhere)`;
    }
    case 'parted':
      return `parted #${frame.channel}`;
    case 'came':
      return `${contentOf<Card>(frame.card).name} came to #${frame.channel}`;
    case 'left':
      return `${key(frame.key)} left #${frame.channel}`;
    case 'counts':
      return `#${frame.channel}: ${frame.count} here, ${frame.elsewhere} elsewhere`;
    case 'heard':
      return messageText(frame.said, key);
    case 'taken':
      return `taken ${frame.counter}`;
    case 'error':
      return `error ${frame.code} (${frame.about})`;
    default:
      return frame.type;
  }
}

function peerFrameText(frame: PeerFrame, { key }: Names): string {
  if (frame.type !== 'relay') return frame.type;
  const { origin, seq } = contentOf<EnvelopeHeader>(frame.stamp);
  const hops = frame.hops === 1 ? '1 hop' : `${frame.hops} hops`;
  const payload = frame.kind === 'census' ? 'presence counts' : messageText(frame.cargo, key);
  return `envelope ${seq} of ${key(origin)}, ${hops}: ${payload}`;
}

function messageText(signed: Signed, key: Names['key']): string {
  const { name, ...content } = contentOf<ChannelMessage | DirectMessage>(signed);
  if ('to' in content) return `a direct message of ${name} for ${key(content.to)}`;
  const { text } = content;
  return `#${content.channel} ${name}: ${text.length > TEXT_LETTERS_MAX ? `(${text.length} letters)` : text}`;
}

function savedPeerText({ host, port, key, isManual }: SavedPeer, names: Names): string {
  const pinned = key === null ? 'no key yet' : `pinned key of ${names.key(key)}`;
  return `${endpointText({ host, port })}, ${pinned}${isManual ? '' : ', discovered'}`;
}

function endpointText({ host, port }: PeerEndpoint): string {
  return `${host}:${port}`;
}

function contentOf<T>({ payload }: Signed): T {
  return JSON.parse(payload) as T;
}
