// The parts of the engine that posts stand on.

import type { Session } from '../server/session.js';
import type { StoreAndForward } from '../chat/store-and-forward.js';
import type { Links } from '../transport/links.js';
import type { Connector } from '../transport/connector.js';
import type { OutgoingMail } from '../server/outgoing-mail.js';
import type { People } from '../identity/people.js';
import type { Presence } from '../server/presence.js';

export interface PostDependencies {
  readonly people: People;
  readonly links: Links;
  readonly mail: OutgoingMail;
  readonly presence: Presence;
  readonly reach: Connector;
  readonly session: Session;
  readonly hold: Pick<StoreAndForward, 'exitMode'>;
}
