// Who is in a channel; or, in private, with whom one speaks and how to be sure of it.

import { useRef, useEffect } from 'preact/hooks';
import type { Participant } from '../../../protocols/channels/client/io.js';
import { peopleOf } from '../../state/people.js';
import type { ChannelConversation, PageConversation } from '../../state/conversations.js';
import { findConversation } from '../../state/session-state.js';
import { membershipLine } from '../../state/format.js';
import { KeyFingerprints } from '../dialogs/key-fingerprints.js';
import { PersonName } from '../person-name.js';
import type { SessionProps } from '../session-view.js';

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
  return (
    <>
      <Person {...props} visitor={conversation.with} />
      <KeyFingerprints key={conversation.with.key} session={props.session} visitor={conversation.with} />
    </>
  );
}

function ChannelPeople({ conversation, ...props }: SessionProps & { conversation: ChannelConversation }) {
  const { here, elsewhere } = peopleOf(conversation);
  return (
    <>
      <p class="quiet">{membershipLine(conversation.membership)}</p>
      <List {...props} people={here} />
      {elsewhere.length > 0 && <h3>Heard from other servers, or before</h3>}
      <List {...props} people={elsewhere} />
    </>
  );
}

function List({ people, ...props }: SessionProps & { people: readonly Participant[] }) {
  if (people.length === 0) return null;
  return (
    <ul>
      {people.map((visitor) => (
        <li key={visitor.key}>
          <Person {...props} visitor={visitor} />
        </li>
      ))}
    </ul>
  );
}

function Person({ session, page, openDialog, visitor }: SessionProps & { visitor: Participant }) {
  const { me } = session.state.value;
  const suffix = visitor.key === me.key ? ' (you)' : page.isMuted(visitor.key) ? ' (muted)' : '';
  return (
    <button
      type="button"
      class="person"
      aria-haspopup="dialog"
      onClick={() => (openDialog.value = { type: 'person', visitor })}
    >
      <PersonName session={session} visitor={visitor} />
      {suffix}
    </button>
  );
}
