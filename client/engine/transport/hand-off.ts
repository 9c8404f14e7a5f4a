// Link or letter: decides from when on what waits for a user is left at the name server (SPEC CHAT-11). Chat, groups
// and posts share this decision.

import type { Instant } from '../../../protocols/kit/machine.js';
import type { Context } from '../core/context.js';
import type { Presence } from '../server/presence.js';
import type { Connector } from './connector.js';
import type { Links } from './links.js';

/** How the command `exit` changes the decision: letters leave without a wait; later, even where a link stands. */
export type ExitMode = 'none' | 'no waiting' | 'no trust';

interface Dependencies {
  readonly presence: Presence;
  readonly links: Links;
  readonly connector: Connector;
}

export class HandOff {
  exitMode: ExitMode = 'none';

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {}

  /** True while a link carries what waits for this user, so that no letter is needed. */
  isServedByLink(user: string): boolean {
    return this.parts.links.isLinked(user) && this.exitMode !== 'no trust';
  }

  /** From when on a letter is due: at once where no link can come about, else after `linkWaitMs` of attempts. */
  letterDueAt(user: string): Instant {
    const { presence, connector } = this.parts;
    if (this.exitMode !== 'none' || presence.isKnownOffline(user)) return this.context.now;
    return (connector.triedSince(user) ?? this.context.now) + this.context.options.linkWaitMs;
  }
}
