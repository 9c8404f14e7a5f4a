// How to be sure of somebody: the words of their key and of ours, to be compared by another way.

import type { Participant } from '../../../protocols/channels/client/io.js';
import type { PageSession } from '../../session.js';
import { CopyButton } from './copy-button.js';

export function KeyFingerprints({ session, visitor }: { session: PageSession; visitor: Participant }) {
  const { me } = session.state.value;
  return (
    <section class="safety">
      <KeyFingerprint session={session} title={`Words of ${visitor.name}`} keyText={visitor.key} />
      {visitor.key !== me.key && (
        <>
          <KeyFingerprint session={session} title="Your words" keyText={me.key} />
          <p class="quiet">
            Read them to each other by telephone, or when you meet. Where both are the same at both ends, nobody stands
            between you.
          </p>
        </>
      )}
    </section>
  );
}

export function KeyFingerprint({ session, title, keyText }: { session: PageSession; title: string; keyText: string }) {
  const words = session.fingerprint(keyText);
  return (
    <div class="key-words">
      <h3>{title}</h3>
      <p class="words">{words ?? '…'}</p>
      <CopyButton key={words} session={session} text={words} what="words" />
      <CopyButton key={keyText} session={session} text={keyText} what="key" />
    </div>
  );
}
