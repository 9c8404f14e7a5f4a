// Tells a server that a newer start of it is known, and hears it about this one [RELAY-14]. The proof is a header that
// the origin itself signed at the newer boot, so no other server can make a boot rise.

import { TokenBucket } from '../../../kit/bounds/token-bucket.js';
import { parseJson } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { Primitives } from '../../../kit/primitives.js';
import { openSigned, type Signed } from '../../../kit/signed.js';
import { envelopeHeaderShape, type EnvelopeHeader } from '../../peer-protocol.js';
import type { RelayContext } from '../relay-context.js';
import { BOOT_NOTICES, type PeerLink } from '../peers/peer-link.js';
import type { PeerLinks } from '../peers/peer-links.js';
import type { EnvelopeWriter } from './envelope-writer.js';
import type { Origins } from './origins.js';

export interface BootNoticesOptions {
  readonly context: RelayContext;
  readonly primitives: Primitives;
  readonly server: string;
  readonly links: PeerLinks;
  readonly origins: Origins;
  readonly envelopes: EnvelopeWriter;
  /** The boot has risen: what peers refused under the old one is to be sent again. */
  readonly onRaised: (now: Instant) => void;
}

export class BootNotices {
  private readonly raises = new TokenBucket(BOOT_NOTICES, 0);

  constructor(private readonly options: BootNoticesOptions) {}

  /** An envelope of an older boot was dropped: its sender learns why. */
  refused(link: PeerLink, { origin, boot }: EnvelopeHeader, now: Instant): void {
    const { origins, links, context } = this.options;
    const stamp = origins.newerThan(origin, boot);
    if (stamp === null || !link.noticeRate.take(now)) return;
    links.send(link, { type: 'newer_boot', stamp }, now);
    if (origin === link.peerKey) context.emit({ type: 'boot_outdated', origin });
  }

  /** False if the proof is a forgery. */
  receive(stamp: Signed, now: Instant): boolean {
    const { primitives, server, origins } = this.options;
    const claimed = stamp.payload.length > LIMITS.envelopeHeaderBytes ? null : parseJson(stamp.payload);
    if (!envelopeHeaderShape.accepts(claimed)) return false;
    const header = openSigned('relayed', stamp, { key: claimed.origin, shape: envelopeHeaderShape, primitives });
    if (header === null) return false;
    if (header.origin === server) this.raise(header.boot, now);
    else origins.raise(header, stamp);
    return true;
  }

  private raise(known: number, now: Instant): void {
    const { envelopes, context, onRaised } = this.options;
    // A copy that still runs learns of this start as well. Both would raise without end.
    if (known <= envelopes.boot || !this.raises.take(now)) return;
    envelopes.boot = known + 1;
    context.emit({ type: 'boot_raised', boot: envelopes.boot });
    onRaised(now);
  }
}
