// Which callers may know who listens here (SPEC LINK-23, LINK-26). All others get nothing, and cannot tell why.

import { recordShape } from '../../../protocols/directory/record.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { Context } from '../core/context.js';
import type { InputOf, Part } from '../core/part.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { People } from '../identity/people.js';
import type { Session } from '../server/session.js';

interface Dependencies {
  readonly people: People;
  readonly record: OwnRecord;
  readonly session: Session;
}

type Knocked = InputOf<'knocked'>;

export class Knocks implements Part {
  readonly inputs = { knocked: (input: Knocked) => this.judge(input) };

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {}

  private judge(input: Knocked): void {
    const type = this.mayKnow(input) ? 'knock_admit' : 'knock_ignore';
    this.context.emit({ type, knock: input.knock });
  }

  private mayKnow({ purpose, device, record }: Knocked): boolean {
    const { people, session, record: own } = this.parts;
    if (!session.isWanted || !own.isAnnounced) return false;
    const user = record === null ? people.ownerOf(device) : nameIn(record);
    if (user === null || !(purpose === 'link' ? people.mayLink(user) : people.isFriend(user))) return false;
    return record === null || people.isDeviceOf(user, device, record);
  }
}

/** The name that an unverified record claims. */
function nameIn({ payload }: Signed): string | null {
  const record = parseJson(payload);
  return recordShape.accepts(record) ? record.name : null;
}
