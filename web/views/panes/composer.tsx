// Where one says something: Enter says it, Shift+Enter begins a line, and what was typed stays with its conversation.

import { useRef, useState } from 'preact/hooks';
import { byteLength } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { PageConversation } from '../../state/conversations.js';
import { useConversationTitle } from '../conversation-title.js';
import type { SessionProps } from '../session-view.js';

type ComposerProps = Pick<SessionProps, 'session'> & { readonly conversation: PageConversation };

export function Composer(props: ComposerProps) {
  const { conversation, session } = props;
  const { field, bytesOver, typed, say } = useDraft(props);
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) say(event);
  };
  const title = useConversationTitle(session, conversation);
  const label = conversation.type === 'channel' ? `Say in ${title}` : `Say to ${title} in private`;
  return (
    <form class="composer" onSubmit={say}>
      <label for="say" class="unseen">
        {label}
      </label>
      <textarea
        id="say"
        ref={field}
        rows={1}
        dir="auto"
        placeholder={label}
        defaultValue={session.drafts.get(conversation.id) ?? ''}
        onInput={typed}
        onKeyDown={press}
        aria-describedby="say-problem"
      />
      <button type="submit" class="main" disabled={bytesOver > 0}>
        Say
      </button>
      <p id="say-problem" class="problem" role="alert">
        {bytesOver > 0 && `That is ${bytesOver} bytes too long. Say it in parts.`}
      </p>
    </form>
  );
}

/** What was typed and not said yet, kept for when one comes back. */
function useDraft({ session, conversation }: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [bytesOver, setBytesOver] = useState(() => bytesTooMany(session.drafts.get(conversation.id) ?? ''));
  const typed = (): void => {
    const text = field.current?.value ?? '';
    session.drafts.set(conversation.id, text);
    setBytesOver(bytesTooMany(text));
  };
  const say = (event: Event): void => {
    event.preventDefault();
    const text = field.current?.value ?? '';
    // Measured anew: what was typed since the last frame is not drawn yet.
    if (!field.current || text.trim() === '' || bytesTooMany(text) > 0) return;
    session.say(conversation.id, text);
    field.current.value = '';
    session.drafts.delete(conversation.id);
    setBytesOver(0);
    field.current.focus();
  };
  return { field, bytesOver, typed, say };
}

function bytesTooMany(text: string): number {
  return Math.max(0, byteLength(text) - LIMITS.messageTextBytes);
}
