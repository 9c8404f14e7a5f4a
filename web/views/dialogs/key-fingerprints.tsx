// The fingerprints of a person's key and of our own, to be compared outside of Kith.

import type { Participant } from '../../../protocols/channels/client/io.js';
import type { PageSession } from '../../session.js';
import { CopyButton } from './copy-button.js';

export function KeyFingerprints({ session, person }: { session: PageSession; person: Participant }) {
  const { me } = session.state.value;
  if (person.key === me.key) return <KeyFingerprint session={session} title="Your fingerprint" keyText={me.key} />;
  return (
    <section>
      <KeyFingerprint session={session} title={`Fingerprint of ${person.name}`} keyText={person.key} />
      <KeyFingerprint session={session} title="Your fingerprint" keyText={me.key} />
      <p class="subtle">
        Compare them by phone or in person. If both fingerprints are the same on both screens, no one else can read your
        direct messages on the way.
      </p>
    </section>
  );
}

export function KeyFingerprint({ session, title, keyText }: { session: PageSession; title: string; keyText: string }) {
  const fingerprint = session.fingerprint(keyText);
  return (
    <div class="fingerprint">
      <h3>{title}</h3>
      <p class="words">{fingerprint ?? '…'}</p>
      <CopyButton key={fingerprint} session={session} text={fingerprint} what="fingerprint" />
      <CopyButton key={keyText} session={session} text={keyText} what="key" />
    </div>
  );
}
