// How somebody writes down another server: `host:port`, or `host:port#key` where only that key may answer.

import type { PeerPlace } from '../../protocols/channels/relay/world.js';
import { compileShape, KeyText } from '../../protocols/kit/shapes.js';

export interface WrittenPeer {
  readonly place: PeerPlace;
  /** null: whoever answers first is remembered. */
  readonly key: string | null;
}

const PLACE = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]#/]{1,253})):(\d{1,5})(?:#(.*))?$/;
const keyShape = compileShape(KeyText);

/** null where it is none. */
export function readPeerPlace(typed: string): WrittenPeer | null {
  const [, v6, name, digits, key] = PLACE.exec(typed) ?? [];
  const host = v6 ?? name;
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535) return null;
  if (key === undefined) return { place: { host, port }, key: null };
  return keyShape.accepts(key) ? { place: { host, port }, key } : null;
}
