// The parts of the engine that posts stand on.

import type { Session } from '../account/session.js';
import type { Hold } from '../chat/hold.js';
import type { Links } from '../links/links.js';
import type { Reach } from '../links/reach.js';
import type { OutgoingMail } from '../mail/outgoing-mail.js';
import type { People } from '../people/people.js';
import type { Presence } from '../people/presence.js';

export interface PostParts {
  readonly people: People;
  readonly links: Links;
  readonly mail: OutgoingMail;
  readonly presence: Presence;
  readonly reach: Reach;
  readonly session: Session;
  readonly hold: Pick<Hold, 'haste'>;
}
