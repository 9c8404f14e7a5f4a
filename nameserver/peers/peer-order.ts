// What whoever runs a server can order of its peers, on its prompt or by the local socket.

import { Type, type Static } from '../../protocols/kit/packages/typebox.js';
import { WrittenKey } from '../../channels/peers/written-key.js';
import { compileShape, exactly } from '../../protocols/kit/shapes.js';
import { readPeerPlace } from './peer-place.js';

export const PeerOrder = Type.Union([
  exactly({ order: Type.Literal('peers') }),
  exactly({
    order: Type.Literal('connect'),
    host: Type.String({ minLength: 1, maxLength: 253 }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    key: Type.Union([WrittenKey, Type.Null()]),
  }),
  exactly({ order: Type.Literal('disconnect'), peer: Type.String({ minLength: 1, maxLength: 300 }) }),
]);
export type PeerOrder = Static<typeof PeerOrder>;
export const peerOrderShape = compileShape(PeerOrder);

/** null where the words make no order. */
export function readPeerOrder(words: readonly string[]): PeerOrder | null {
  const [word, first, second, ...more] = words;
  if (word === 'peers' && first === undefined) return { order: 'peers' };
  if (word === 'disconnect' && first !== undefined && second === undefined)
    return checked({ order: word, peer: first });
  if (word !== 'connect' || first === undefined || more.length > 0) return null;
  const typed = second === undefined ? first : `${first.includes(':') ? `[${first}]` : first}:${second}`;
  const peer = readPeerPlace(typed);
  return peer && checked({ order: word, ...peer.place, key: peer.key });
}

function checked(order: PeerOrder): PeerOrder | null {
  return peerOrderShape.accepts(order) ? order : null;
}
