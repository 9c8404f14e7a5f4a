// How somebody writes down another server: `host:port`, or `host:port#key` where only that key may answer, or one with
// the fingerprint that stands there.

import { parseKeyOrFingerprint } from '../../channels/peers/key-parser.js';
import type { PeerEndpoint } from '../../protocols/channels/relay/io.js';

export interface ParsedPeer {
  readonly place: PeerEndpoint;
  /** Or the words of its fingerprint; null: whoever answers first is remembered. */
  readonly key: string | null;
}

const PLACE = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]#/]{1,253})):(\d{1,5})(?:#(.*))?$/;

/** null where it is none. */
export function parsePeer(typed: string): ParsedPeer | null {
  const [, v6, name, digits, written] = PLACE.exec(typed) ?? [];
  const host = v6 ?? name;
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535) return null;
  if (written === undefined) return { place: { host, port }, key: null };
  const key = parseKeyOrFingerprint(written);
  return key === null ? null : { place: { host, port }, key };
}
