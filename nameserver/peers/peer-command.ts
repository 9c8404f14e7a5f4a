// The peer commands of an operator, typed at the prompt or sent through the control socket.

import { Type, type Static } from '../../protocols/kit/packages/typebox.js';
import { KeyOrFingerprint } from '../../channels/peers/key-parser.js';
import { compileShape, exactly } from '../../protocols/kit/shapes.js';
import { parsePeer } from './peer-parser.js';

export const PeerCommand = Type.Union([
  exactly({ order: Type.Literal('peers') }),
  exactly({
    order: Type.Literal('connect'),
    host: Type.String({ minLength: 1, maxLength: 253 }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    key: Type.Union([KeyOrFingerprint, Type.Null()]),
  }),
  exactly({ order: Type.Literal('disconnect'), peer: Type.String({ minLength: 1, maxLength: 300 }) }),
]);
export type PeerCommand = Static<typeof PeerCommand>;
export const peerCommandShape = compileShape(PeerCommand);

/** Null if the words are not a peer command. */
export function parsePeerCommand(words: readonly string[]): PeerCommand | null {
  const [word, first, second, ...more] = words;
  if (word === 'peers' && first === undefined) return { order: 'peers' };
  if (word === 'disconnect' && first !== undefined && second === undefined)
    return checked({ order: word, peer: first });
  if (word !== 'connect' || first === undefined || more.length > 0) return null;
  const typed = second === undefined ? first : `${first.includes(':') ? `[${first}]` : first}:${second}`;
  const peer = parsePeer(typed);
  return peer && checked({ order: word, ...peer.endpoint, key: peer.key });
}

function checked(command: PeerCommand): PeerCommand | null {
  return peerCommandShape.accepts(command) ? command : null;
}
