// The log of a conversation. It follows the newest message while the user is at the end, and stays put otherwise.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { clock } from '../../host/sources.js';
import type { PageConversation } from '../../state/conversations.js';
import { dayFormatter } from '../../state/format.js';
import { logRows, type LogRow } from '../../state/log-rows.js';
import { useConversationTitle } from '../conversation-title.js';
import type { SessionProps } from '../panes/session-props.js';
import { MessageRow } from './message-row.js';

/** The distance from the end that still counts as the end. */
const END_PX = 40;

export function Log({ conversation, ...props }: SessionProps & { conversation: PageConversation }) {
  const { lines, firstNewId, isTruncated } = conversation;
  const now = clock.now();
  const today = dayFormatter()(now);
  const rows = useMemo(() => logRows(lines, { firstNewId, isTruncated, now }), [lines, firstNewId, today]);
  const title = useConversationTitle(props.session, conversation);
  const { list, isAtEnd, toEnd, scrolled } = useEnd(lines.at(-1)?.id);
  return (
    <div class="log-frame">
      <div class="log" ref={list} tabIndex={0} role="region" aria-label={`Messages: ${title}`} onScroll={scrolled}>
        <ol>
          {rows.map((row) => (
            <RowView key={row.key} {...props} conversation={conversation} row={row} />
          ))}
        </ol>
      </div>
      {!isAtEnd && (
        <button type="button" class="to-end primary" onClick={toEnd}>
          ↓ Newest messages
        </button>
      )}
    </div>
  );
}

/** Memoized: a new message does not redraw hundreds of old ones. */
function RowView({ row, ...props }: SessionProps & { conversation: PageConversation; row: LogRow }) {
  const line = row.type === 'message' ? row.line : null;
  const hasHeader = row.type === 'message' && row.hasHeader;
  const message = useMemo(() => line && <MessageRow {...props} line={line} hasHeader={hasHeader} />, [line, hasHeader]);
  switch (row.type) {
    case 'day':
      return <li class="separator">{row.text}</li>;
    case 'truncated':
      return <li class="note">Older messages are no longer shown.</li>;
    case 'new':
      return <li class="separator new">New</li>;
    case 'note':
      return <li class="note">{row.note.text}</li>;
    case 'message':
      return message;
  }
}

/** `newest`: the id of the last line. */
function useEnd(newest: string | undefined) {
  const list = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  const [isAtEnd, setAtEnd] = useState(true);
  const toEnd = (): void => list.current?.scrollTo({ top: list.current.scrollHeight });
  const scrolled = (): void => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    isFollowing.current = scrollHeight - scrollTop - clientHeight < END_PX;
    setAtEnd(isFollowing.current);
  };
  useLayoutEffect(() => {
    if (isFollowing.current) toEnd();
  }, [newest]);
  useEffect(() => {
    const sizes = new ResizeObserver(() => isFollowing.current && toEnd());
    if (list.current) sizes.observe(list.current);
    return () => sizes.disconnect();
  }, []);
  return { list, isAtEnd, toEnd, scrolled };
}
