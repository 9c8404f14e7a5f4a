// The people of the selected channel, or the other person of a direct conversation with the fingerprints.

import { useRef, useEffect } from 'preact/hooks';
import type { Participant } from '../../../protocols/channels/client/io.js';
import type { ChannelConversation, PageConversation } from '../../state/conversations.js';
import { membershipText } from '../../state/format.js';
import { peopleOf } from '../../state/people.js';
import { findConversation } from '../../state/session-state.js';
import { KeyFingerprints } from '../dialogs/key-fingerprints.js';
import { PersonName } from '../person-name.js';
import type { SessionProps } from './session-props.js';

export function PeoplePane(props: SessionProps) {
  const { session, pane } = props;
  const state = session.state.value;
  const conversation = findConversation(state, state.current);
  const heading = useRef<HTMLHeadingElement>(null);
  const isShown = pane.value === 'people';
  useEffect(() => {
    if (isShown) heading.current?.focus();
  }, [isShown]);
  return (
    <section class="pane people" aria-label="People">
      <header>
        <button type="button" class="not-wide" onClick={() => (pane.value = 'conversation')}>
          ‹ Back
        </button>
        <h2 ref={heading} tabIndex={-1}>
          People
        </h2>
      </header>
      {conversation && <People {...props} conversation={conversation} />}
    </section>
  );
}

function People({ conversation, ...props }: SessionProps & { conversation: PageConversation }) {
  if (conversation.type === 'channel') return <ChannelPeople {...props} conversation={conversation} />;
  const person = conversation.with;
  return (
    <>
      <Person {...props} person={person} />
      <KeyFingerprints key={person.key} session={props.session} person={person} />
    </>
  );
}

function ChannelPeople({ conversation, ...props }: SessionProps & { conversation: ChannelConversation }) {
  const { here, elsewhere } = peopleOf(conversation);
  return (
    <>
      <p class="subtle">{membershipText(conversation.membership)}</p>
      <List {...props} people={here} />
      {elsewhere.length > 0 && <h3>On other servers, or gone</h3>}
      <List {...props} people={elsewhere} />
    </>
  );
}

function List({ people, ...props }: SessionProps & { people: readonly Participant[] }) {
  if (people.length === 0) return null;
  return (
    <ul>
      {people.map((person) => (
        <li key={person.key}>
          <Person {...props} person={person} />
        </li>
      ))}
    </ul>
  );
}

function Person({ session, page, openDialog, person }: SessionProps & { person: Participant }) {
  const { me } = session.state.value;
  const suffix = person.key === me.key ? ' (you)' : page.isMuted(person.key) ? ' (muted)' : '';
  return (
    <button
      type="button"
      class="person"
      aria-haspopup="dialog"
      onClick={() => (openDialog.value = { type: 'person', person })}
    >
      <PersonName session={session} person={person} />
      {suffix}
    </button>
  );
}
