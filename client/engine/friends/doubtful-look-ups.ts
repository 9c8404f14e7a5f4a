// Looks up users whose state is in doubt, when going online and each hour: those we have asked, and those with a
// claimed key. An unanswered request to a one-time key is repeated once.

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import { SETTINGS } from '../core/settings.js';
import type { People } from '../identity/people.js';

export class DoubtfulLookUps {
  private readonly alarms: PartAlarms;

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly sendState: (user: string) => void,
  ) {
    this.alarms = context.alarms.for('friends');
  }

  /**
   * Users we have asked may have a new device, which never got the request (SPEC FRIEND-9). For users with a claimed
   * key, the name server may list the pinned key again (SPEC DIR-18).
   */
  lookUp(): void {
    const { people } = this;
    const doubtful = people.all().filter(({ friendship, claimed }) => friendship === 'asked' || claimed !== null);
    const names = doubtful.filter(({ blocked }) => !blocked).map(({ name }) => name);
    for (let at = 0; at < names.length; at += LIMITS.restNamesMax) {
      // `deviceChanged` is called for those who have a new device, and a claim ends in `find`.
      people.find(names.slice(at, at + LIMITS.restNamesMax), () => undefined);
    }
    this.alarms.set('look up', this.context.now + LIMITS.friendRequestCheckMs, () => this.lookUpAgain());
  }

  stop(): void {
    this.alarms.drop('look up');
  }

  private lookUpAgain(): void {
    for (const { name, friendship, blocked } of this.people.all()) {
      if (friendship === 'asked' && !blocked) this.repeatRequest(name);
    }
    this.lookUp();
  }

  /** A request to a one-time key may not open. It is sent to the letter key once (SPEC LETTER-21). */
  private repeatRequest(user: string): void {
    const { store } = this.context;
    const name = SETTINGS.firstLetterTo(user);
    if (store.setting(name) !== 'sent') return;
    store.putSetting(name, 'repeated');
    this.sendState(user);
  }
}
