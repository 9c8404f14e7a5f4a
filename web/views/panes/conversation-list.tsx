// The list of channels and direct messages, each with its unread count, and the form to join a channel.

import { useRef } from 'preact/hooks';
import type { PageConversation } from '../../state/conversations.js';
import { useConversationTitle } from '../conversation-title.js';
import type { SessionProps } from './session-props.js';

/** The id of the field for a channel, for the focus. */
export const JOIN_FIELD = 'join';

export function ConversationList(props: SessionProps) {
  const { session, openDialog } = props;
  const { conversations, me } = session.state.value;
  const channels = conversations.filter(({ type }) => type === 'channel');
  const directs = conversations.filter(({ type }) => type === 'direct');
  return (
    <nav class="pane conversations" aria-label="Conversations">
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
      {channels.length === 0 && <p class="subtle">You are in no channel. Join one, for example #lobby.</p>}
      <ConversationButtons {...props} conversations={channels} />
      {directs.length > 0 && <h2>Direct messages</h2>}
      <ConversationButtons {...props} conversations={directs} />
    </nav>
  );
}

/** Filled in with the channel of the address, if it names one. */
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
      <label for={JOIN_FIELD} class="visually-hidden">
        Channel to join
      </label>
      <input
        key={invitedChannel}
        id={JOIN_FIELD}
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

function ConversationButtons(props: SessionProps & { conversations: readonly PageConversation[] }) {
  const { conversations, ...others } = props;
  if (conversations.length === 0) return null;
  return (
    <ul>
      {conversations.map((conversation) => (
        <li key={conversation.id}>
          <ConversationButton {...others} conversation={conversation} />
        </li>
      ))}
    </ul>
  );
}

function ConversationButton({ session, pane, conversation }: SessionProps & { conversation: PageConversation }) {
  const { id, unread } = conversation;
  const select = (): void => {
    session.select(id);
    pane.value = 'conversation';
  };
  const isCurrent = id === session.state.value.current;
  return (
    <button type="button" class="conversation" aria-current={isCurrent ? 'page' : undefined} onClick={select}>
      <span class="title">{useConversationTitle(session, conversation)}</span>
      {unread > 0 && (
        <span class="unread">
          {unread > 99 ? '99+' : unread}
          <span class="visually-hidden"> unread</span>
        </span>
      )}
    </button>
  );
}
