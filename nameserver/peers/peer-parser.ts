// Parses how an operator names another server: `host:port`, or `host:port#key` with its key or its fingerprint.

import { parseKeyOrFingerprint } from '../../channels/peers/key-parser.js';
import type { PeerEndpoint } from '../../protocols/channels/relay/io.js';

export interface ParsedPeer {
  readonly endpoint: PeerEndpoint;
  /** A key or a fingerprint; null: the key that answers first is pinned. */
  readonly key: string | null;
}

const PEER = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]#/]{1,253})):(\d{1,5})(?:#(.*))?$/;

/** Null if the text is neither. */
export function parsePeer(typed: string): ParsedPeer | null {
  const [, v6, name, digits, written] = PEER.exec(typed) ?? [];
  const host = v6 ?? name;
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535) return null;
  if (written === undefined) return { endpoint: { host, port }, key: null };
  const key = parseKeyOrFingerprint(written);
  return key === null ? null : { endpoint: { host, port }, key };
}
