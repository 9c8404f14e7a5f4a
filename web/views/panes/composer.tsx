// The field for a new message. Enter sends it, Shift+Enter starts a new line; each conversation keeps its draft.

import { useRef, useState } from 'preact/hooks';
import { byteLength } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { PageConversation } from '../../state/conversations.js';
import { useConversationTitle } from '../conversation-title.js';
import type { SessionProps } from './session-props.js';

/** The id of the field, for the focus. */
export const COMPOSER = 'message';

type ComposerProps = Pick<SessionProps, 'session'> & { readonly conversation: PageConversation };

export function Composer(props: ComposerProps) {
  const { conversation, session } = props;
  const { field, bytesOver, typed, send } = useDraft(props);
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) send(event);
  };
  const title = useConversationTitle(session, conversation);
  const label = conversation.type === 'channel' ? `Message in ${title}` : `Direct message to ${title}`;
  return (
    <form class="composer" onSubmit={send}>
      <label for={COMPOSER} class="visually-hidden">
        {label}
      </label>
      <textarea
        id={COMPOSER}
        ref={field}
        rows={1}
        dir="auto"
        placeholder={label}
        defaultValue={session.drafts.get(conversation.id) ?? ''}
        onInput={typed}
        onKeyDown={press}
        aria-describedby="message-problem"
      />
      <button type="submit" class="primary" disabled={bytesOver > 0}>
        Send
      </button>
      <p id="message-problem" class="problem" role="alert">
        {bytesOver > 0 && `The message is ${bytesOver} bytes too long. Send it in parts.`}
      </p>
    </form>
  );
}

/** The unsent text of a conversation. */
function useDraft({ session, conversation }: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [bytesOver, setBytesOver] = useState(() => bytesTooMany(session.drafts.get(conversation.id) ?? ''));
  const typed = (): void => {
    const text = field.current?.value ?? '';
    session.drafts.set(conversation.id, text);
    setBytesOver(bytesTooMany(text));
  };
  const send = (event: Event): void => {
    event.preventDefault();
    const text = field.current?.value ?? '';
    // Measured again: `bytesOver` does not know yet what was typed since the last frame.
    if (!field.current || text.trim() === '' || bytesTooMany(text) > 0) return;
    session.send(conversation.id, text);
    field.current.value = '';
    session.drafts.delete(conversation.id);
    setBytesOver(0);
    field.current.focus();
  };
  return { field, bytesOver, typed, send };
}

function bytesTooMany(text: string): number {
  return Math.max(0, byteLength(text) - LIMITS.messageTextBytes);
}
