// The selected conversation: its title, its log, and the field for a new message.

import { useEffect, useRef } from 'preact/hooks';
import type { PageSession } from '../../session.js';
import { conversationTitle, type PageConversation } from '../../state/conversations.js';
import { membershipText } from '../../state/format.js';
import { findConversation, totalUnread } from '../../state/session-state.js';
import { Log } from '../log/log.js';
import type { SessionProps } from './session-props.js';
import { Composer, COMPOSER } from './composer.js';

export function ConversationPane(props: SessionProps) {
  const { session } = props;
  const state = session.state.value;
  const conversation = findConversation(state, state.current);
  return (
    <section class="pane conversation-pane" aria-label="Messages">
      {conversation && <ConversationHeader {...props} conversation={conversation} />}
      {conversation ? <Log {...props} conversation={conversation} key={conversation.id} /> : <NoConversation />}
      {conversation && <Composer {...props} conversation={conversation} key={`compose ${conversation.id}`} />}
    </section>
  );
}

function ConversationHeader({ conversation, ...props }: SessionProps & { conversation: PageConversation }) {
  const { session, pane } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useFocusOnSelection(heading, conversation.id);
  const unread = totalUnread(session.state.value);
  const leave = (): void => {
    if (conversation.type === 'channel') session.leave(conversation.channel);
    else session.closeDirect(conversation.with.key);
  };
  return (
    <header class="conversation-head">
      <button type="button" class="narrow" onClick={() => (pane.value = 'conversations')}>
        ‹ Back{unread > 0 && <span class="unread">{unread}</span>}
      </button>
      <div class="titles">
        <h2 ref={heading} tabIndex={-1}>
          {conversationTitle(conversation)}
        </h2>
        <p class="subtle">{subtitle(session, conversation)}</p>
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
  if (conversation.type === 'channel') return membershipText(conversation.membership);
  return `Encrypted for: ${session.fingerprint(conversation.with.key) ?? '…'}`;
}

function NoConversation() {
  return (
    <div class="no-conversation">
      <p>Join a channel to read and write messages there.</p>
      <p class="subtle">Channels do not store messages: only people who are in a channel get them.</p>
    </div>
  );
}

/** With a keyboard the user can type at once. On a touch screen the field is not focused: that opens a keyboard. */
function useFocusOnSelection(heading: { current: HTMLElement | null }, conversationId: string): void {
  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) document.getElementById(COMPOSER)?.focus();
    else heading.current?.focus();
  }, [conversationId]);
}
