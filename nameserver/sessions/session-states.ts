// The states of a session at the name server: before the proof of the client, and open.

import type { ServerProof } from '../../protocols/kit/server-proof/messages.js';
import type { DeliveryWindow } from '../letters/delivery-window.js';
import type { Mailbox } from '../store/registry-store.js';

/** A session before the proof of the client. A closed session has no entry. */
export interface HandshakingSession {
  readonly type: 'handshaking';
  readonly address: string;
  readonly network: string;
  /** What the server has signed for this session. */
  readonly offer: ServerProof;
}
export interface OpenSession {
  readonly type: 'open';
  readonly mailbox: Mailbox;
  readonly network: string;
  /** What counts as watched for the bound of the network. */
  readonly watched: { count: number };
  readonly window: DeliveryWindow;
}
