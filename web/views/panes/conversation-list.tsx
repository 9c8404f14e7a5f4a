// The conversations one can go to: channels, and people one speaks with in private. What is unread stands beside each.

import { useRef } from 'preact/hooks';
import type { PageConversation } from '../../state/conversations.js';
import { useConversationTitle } from '../conversation-title.js';
import type { SessionProps } from '../session-view.js';

export function ConversationList(props: SessionProps) {
  const { session, openDialog } = props;
  const { conversations, me } = session.state.value;
  const channels = conversations.filter(({ type }) => type === 'channel');
  const whispers = conversations.filter(({ type }) => type === 'direct');
  return (
    <nav class="pane conversations" aria-label="Places">
      <header>
        <p class="brand" aria-hidden="true">
          Kith
        </p>
        <button type="button" onClick={() => (openDialog.value = { type: 'settings' })} aria-haspopup="dialog">
          {me.name}
        </button>
      </header>
      <JoinForm {...props} />
      <h2>Channels</h2>
      {channels.length === 0 && <p class="quiet">You are in none. Join one: #lobby, for instance.</p>}
      <ConversationButtons {...props} conversations={channels} />
      {whispers.length > 0 && <h2>In private</h2>}
      <ConversationButtons {...props} conversations={whispers} />
    </nav>
  );
}

/** Whoever came by an address that names a channel finds it written there. */
function JoinForm({ page, session, pane }: SessionProps) {
  const field = useRef<HTMLInputElement>(null);
  const invitedChannel = page.invitedChannel.value;
  const join = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!field.current) return;
    session.join(field.current.value);
    field.current.value = '';
    page.invitedChannel.value = null;
    pane.value = 'conversation';
  };
  return (
    <form class="join" onSubmit={join}>
      <label for="join" class="unseen">
        Channel to join
      </label>
      <input
        key={invitedChannel}
        id="join"
        ref={field}
        placeholder="#channel"
        defaultValue={invitedChannel === null ? '' : `#${invitedChannel}`}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        maxLength={40}
        required
      />
      <button type="submit">Join</button>
    </form>
  );
}

function ConversationButtons({
  conversations,
  ...props
}: SessionProps & { conversations: readonly PageConversation[] }) {
  if (conversations.length === 0) return null;
  return (
    <ul>
      {conversations.map((conversation) => (
        <li key={conversation.id}>
          <ConversationButton {...props} conversation={conversation} />
        </li>
      ))}
    </ul>
  );
}

function ConversationButton({ session, pane, conversation }: SessionProps & { conversation: PageConversation }) {
  const { current } = session.state.value;
  const go = (): void => {
    session.select(conversation.id);
    pane.value = 'conversation';
  };
  return (
    <button
      type="button"
      class="conversation"
      aria-current={conversation.id === current ? 'page' : undefined}
      onClick={go}
    >
      <span class="title">{useConversationTitle(session, conversation)}</span>
      {conversation.unread > 0 && (
        <span class="unread">
          {conversation.unread > 99 ? '99+' : conversation.unread}
          <span class="unseen"> unread</span>
        </span>
      )}
    </button>
  );
}
