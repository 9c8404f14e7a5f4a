// How to be sure of somebody: the words of their key and of ours, to be compared by another way.

import type { Visitor } from '../../../protocols/channels/visitor/world.js';
import type { Session } from '../../session.js';
import { Copied } from './copied.js';

export function SafetyWords({ session, visitor }: { session: Session; visitor: Visitor }) {
  const { me } = session.square.value;
  return (
    <section class="safety">
      <KeyWords session={session} title={`Words of ${visitor.name}`} keyText={visitor.key} />
      {visitor.key !== me.key && (
        <>
          <KeyWords session={session} title="Your words" keyText={me.key} />
          <p class="quiet">
            Read them to each other by telephone, or when you meet. Where both are the same at both ends, nobody stands
            between you.
          </p>
        </>
      )}
    </section>
  );
}

export function KeyWords({ session, title, keyText }: { session: Session; title: string; keyText: string }) {
  const words = session.fingerprint(keyText) ?? '…';
  return (
    <div class="key-words">
      <h3>{title}</h3>
      <p class="words">{words}</p>
      <Copied session={session} text={words} what="words" />
      <Copied session={session} text={keyText} what="key" />
    </div>
  );
}
