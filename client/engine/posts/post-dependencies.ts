// What posts use of the lower floors.

import type { StorageBudget } from '../conversations/storage-budget.js';
import type { WaitingMessages } from '../conversations/waiting-messages.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { People } from '../identity/people.js';
import type { StaleCopyReports } from '../identity/stale-copy-reports.js';
import type { OutgoingMail } from '../server/outgoing-mail.js';
import type { Presence } from '../server/presence.js';
import type { Session } from '../server/session.js';
import type { Connector } from '../transport/connector.js';
import type { HandOff } from '../transport/hand-off.js';
import type { Links } from '../transport/links.js';

export interface PostDependencies {
  readonly record: OwnRecord;
  readonly people: People;
  readonly staleCopies: StaleCopyReports;
  readonly session: Session;
  readonly presence: Presence;
  readonly mail: OutgoingMail;
  readonly links: Links;
  readonly connector: Connector;
  readonly handOff: HandOff;
  readonly waitingMessages: WaitingMessages;
  readonly storageBudget: StorageBudget;
}
