// One conversation: its title, what was said, and where one says something.

import { useEffect, useRef } from 'preact/hooks';
import type { PageSession } from '../../session.js';
import { conversationTitle, type PageConversation } from '../../state/conversations.js';
import { findConversation, totalUnread } from '../../state/session-state.js';
import { membershipLine } from '../../state/format.js';
import { Composer } from './composer.js';
import { Log } from '../log/log.js';
import type { SessionProps } from '../session-view.js';

export function ConversationPane(props: SessionProps) {
  const { session } = props;
  const state = session.state.value;
  const conversation = findConversation(state, state.current);
  return (
    <section class="pane conversation-pane" aria-label="What is said">
      {conversation && <ConversationHeader {...props} conversation={conversation} />}
      {conversation ? <Log {...props} conversation={conversation} key={conversation.id} /> : <NoConversation />}
      {conversation && <Composer {...props} conversation={conversation} key={`say ${conversation.id}`} />}
    </section>
  );
}

function ConversationHeader({ conversation, ...props }: SessionProps & { conversation: PageConversation }) {
  const { session, pane } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useFocusOnArrival(heading, conversation.id);
  const elsewhere = totalUnread(session.state.value);
  const leave = (): void => {
    if (conversation.type === 'channel') session.part(conversation.channel);
    else session.closeDirect(conversation.with.key);
  };
  return (
    <header class="conversation-head">
      <button type="button" class="narrow" onClick={() => (pane.value = 'conversations')}>
        ‹ Places{elsewhere > 0 && <span class="unread">{elsewhere}</span>}
      </button>
      <div class="titles">
        <h2 ref={heading} tabIndex={-1}>
          {conversationTitle(conversation)}
        </h2>
        <p class="quiet">{subtitle(session, conversation)}</p>
      </div>
      <button
        type="button"
        class="not-wide"
        onClick={() => (pane.value = pane.value === 'people' ? 'conversation' : 'people')}
      >
        People
      </button>
      <button type="button" onClick={leave}>
        {conversation.type === 'channel' ? 'Leave' : 'Close'}
      </button>
    </header>
  );
}

function subtitle(session: PageSession, conversation: PageConversation): string {
  if (conversation.type === 'direct') return `Sealed for: ${session.fingerprint(conversation.with.key) ?? '…'}`;
  return membershipLine(conversation.membership);
}

function NoConversation() {
  return (
    <div class="nowhere">
      <p>Join a channel, and you hear whoever speaks there from now on.</p>
      <p class="quiet">Nothing is kept: who is not there does not hear it.</p>
    </div>
  );
}

/** Where one has a keyboard, one can type at once; where the screen is the keyboard, it does not jump up. */
function useFocusOnArrival(heading: { current: HTMLElement | null }, conversation: string): void {
  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) document.getElementById('say')?.focus();
    else heading.current?.focus();
  }, [conversation]);
}
