// The states of a session at the name server: before the proof of the client, and open.

import type { ServerProof } from '../../protocols/kit/server-proof/messages.js';
import type { DeliveryWindow } from '../letters/delivery-window.js';
import type { Mailbox } from '../store/registry-store.js';

/** A session before the proof of the client. A closed session has no entry. */
export interface HandshakingSession {
  readonly type: 'handshaking';
  readonly address: string;
  readonly network: string;
  /** Of the TLS connection, see `ServerProof`. */
  readonly exporter: string | null;
  /** What the server has signed for this session; null until the client has sent its hello. */
  readonly offer: ServerProof | null;
}
export interface OpenSession {
  readonly type: 'open';
  readonly mailbox: Mailbox;
  readonly network: string;
  /** What counts as watched for the bound of the network. */
  readonly watched: { count: number };
  readonly window: DeliveryWindow;
}
