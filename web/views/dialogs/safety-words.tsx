// How to be sure of somebody: the words of their key and of ours, to be compared by another way.

import type { Visitor } from '../../../protocols/channels/visitor/world.js';
import type { Stay } from '../../stay.js';
import { Copied } from './copied.js';

export function SafetyWords({ stay, visitor }: { stay: Stay; visitor: Visitor }) {
  const { me } = stay.square.value;
  return (
    <section class="safety">
      <KeyWords stay={stay} title={`Words of ${visitor.name}`} keyText={visitor.key} />
      {visitor.key !== me.key && (
        <>
          <KeyWords stay={stay} title="Your words" keyText={me.key} />
          <p class="quiet">
            Read them to each other by telephone, or when you meet. Where both are the same at both ends, nobody stands
            between you.
          </p>
        </>
      )}
    </section>
  );
}

export function KeyWords({ stay, title, keyText }: { stay: Stay; title: string; keyText: string }) {
  const words = stay.fingerprint(keyText);
  return (
    <div class="key-words">
      <h3>{title}</h3>
      <p class="words">{words ?? '…'}</p>
      <Copied key={words} stay={stay} text={words} what="words" />
      <Copied key={keyText} stay={stay} text={keyText} what="key" />
    </div>
  );
}
