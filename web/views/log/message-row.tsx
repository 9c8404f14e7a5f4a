// One text in a log: who, when, what, and what became of it where it is ours.

import type { SendStatus, MessageLine } from '../../state/log-lines.js';
import type { PageConversation } from '../../state/conversations.js';
import { clockTime, fullTime } from '../../state/format.js';
import { PersonName } from '../person-name.js';
import type { SessionProps } from '../session-view.js';
import { MessageText } from './message-text.js';

interface MessageRowProps extends SessionProps {
  readonly conversation: PageConversation;
  readonly line: MessageLine;
  readonly hasHead: boolean;
}

export function MessageRow({ conversation, line, hasHead, ...props }: MessageRowProps) {
  return (
    <li class={hasHead ? 'said headed' : 'said'}>
      {hasHead && <Head {...props} line={line} />}
      <MessageText text={line.text} />
      <StatusView {...props} conversation={conversation} line={line} />
    </li>
  );
}

/** The name is a button for the mouse; with the keyboard, everybody can be reached in the pane of people. */
function Head({ session, openDialog, line }: SessionProps & { line: MessageLine }) {
  const { from, at } = line;
  return (
    <p class="head">
      <button
        type="button"
        class="bare"
        tabIndex={-1}
        aria-haspopup="dialog"
        onClick={() => (openDialog.value = { type: 'person', visitor: from })}
      >
        <PersonName session={session} visitor={from} />
      </button>{' '}
      <time dateTime={new Date(at).toISOString()} title={fullTime(at)} class="quiet">
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

function StatusView({ session, conversation, line }: Omit<MessageRowProps, 'hasHead'>) {
  if (!line.isMine) return null;
  const { status } = line;
  if (status.type !== 'refused')
    return STATUS_TEXTS[status.type] && <p class="status quiet">{STATUS_TEXTS[status.type]}</p>;
  return (
    <p class="status problem">
      {status.why}{' '}
      <button type="button" onClick={() => session.resend(conversation.id, line)}>
        Say it again
      </button>{' '}
      <button type="button" onClick={() => session.dismissLine(conversation.id, line.id)}>
        Put away
      </button>
    </p>
  );
}
