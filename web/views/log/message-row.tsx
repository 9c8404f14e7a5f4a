// One message in a log: author and time, text, and the status of a message of ours.

import type { PageConversation } from '../../state/conversations.js';
import { clockTime, fullTime } from '../../state/format.js';
import type { MessageLine, SendStatus } from '../../state/log-lines.js';
import { PersonName } from '../person-name.js';
import type { SessionProps } from '../panes/session-props.js';
import { MessageText } from './message-text.js';

interface MessageRowProps extends SessionProps {
  readonly conversation: PageConversation;
  readonly line: MessageLine;
  readonly hasHeader: boolean;
}

export function MessageRow({ conversation, line, hasHeader, ...props }: MessageRowProps) {
  return (
    <li class={hasHeader ? 'message has-header' : 'message'}>
      {hasHeader && <Header {...props} line={line} />}
      <MessageText text={line.text} />
      <StatusView {...props} conversation={conversation} line={line} />
    </li>
  );
}

/** The name is no tab stop: the keyboard reaches every person in the people pane. */
function Header({ session, openDialog, line }: SessionProps & { line: MessageLine }) {
  const { from, at } = line;
  return (
    <p class="head">
      <button
        type="button"
        class="plain"
        tabIndex={-1}
        aria-haspopup="dialog"
        onClick={() => (openDialog.value = { type: 'person', person: from })}
      >
        <PersonName session={session} person={from} />
      </button>{' '}
      <time dateTime={new Date(at).toISOString()} title={fullTime(at)} class="subtle">
        {clockTime(at)}
      </time>
    </p>
  );
}

const STATUS_TEXTS: Readonly<Record<Exclude<SendStatus['type'], 'refused'>, string | null>> = {
  sending: 'sending …',
  sent: 'sent',
  delivered: 'delivered',
  confirmed: null,
};

function StatusView({ session, conversation, line }: Omit<MessageRowProps, 'hasHeader'>) {
  if (!line.isMine) return null;
  const { status } = line;
  if (status.type !== 'refused') {
    const text = STATUS_TEXTS[status.type];
    return text && <p class="status subtle">{text}</p>;
  }
  return (
    <p class="status problem">
      {status.why}{' '}
      <button type="button" onClick={() => session.resend(conversation.id, line)}>
        Send again
      </button>{' '}
      <button type="button" onClick={() => session.dismissLine(conversation.id, line.id)}>
        Dismiss
      </button>
    </p>
  );
}
