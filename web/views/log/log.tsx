// What was said in a conversation. It keeps to the newest while one is there, and stays where one reads.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { clock } from '../../host/sources.js';
import type { PageConversation } from '../../state/conversations.js';
import { logRows, type LogRow } from '../../state/log-rows.js';
import { calendar } from '../../state/format.js';
import { useConversationTitle } from '../conversation-title.js';
import type { SessionProps } from '../session-view.js';
import { MessageRow } from './message-row.js';

/** So near to the end that one is there. */
const END_PX = 40;

export function Log({ conversation, ...props }: SessionProps & { conversation: PageConversation }) {
  const { lines, firstNewId, isTruncated } = conversation;
  const now = clock.now();
  const rows = useMemo(() => logRows(lines, { firstNewId, isTruncated, now }), [lines, firstNewId, calendar()(now)]);
  const title = useConversationTitle(props.session, conversation);
  const { list, isAtEnd, toEnd, scrolled } = useEnd(lines.at(-1)?.id);
  return (
    <div class="log-frame">
      <div class="log" ref={list} tabIndex={0} role="region" aria-label={`Said in ${title}`} onScroll={scrolled}>
        <ol>
          {rows.map((row) => (
            <RowView key={row.key} {...props} conversation={conversation} row={row} />
          ))}
        </ol>
      </div>
      {!isAtEnd && (
        <button type="button" class="to-end main" onClick={toEnd}>
          ↓ To the newest
        </button>
      )}
    </div>
  );
}

/** Drawn anew only where it changed: what was said hundreds of lines ago costs nothing when something is added. */
function RowView({ row, ...props }: SessionProps & { conversation: PageConversation; row: LogRow }) {
  const line = row.type === 'text' ? row.line : null;
  const hasHead = row.type === 'text' && row.hasHead;
  const text = useMemo(() => line && <MessageRow {...props} line={line} hasHead={hasHead} />, [line, hasHead]);
  switch (row.type) {
    case 'day':
      return <li class="line">{row.text}</li>;
    case 'forgotten':
      return <li class="note">What was said before has given way to newer lines.</li>;
    case 'new':
      return <li class="line new">New</li>;
    case 'note':
      return <li class="note">{row.note.text}</li>;
    case 'text':
      return text;
  }
}

/** `newest`: names the last line. */
function useEnd(newest: string | undefined) {
  const list = useRef<HTMLDivElement>(null);
  const isKept = useRef(true);
  const [isAtEnd, setAtEnd] = useState(true);
  const toEnd = (): void => list.current?.scrollTo({ top: list.current.scrollHeight });
  const scrolled = (): void => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    isKept.current = scrollHeight - scrollTop - clientHeight < END_PX;
    setAtEnd(isKept.current);
  };
  useLayoutEffect(() => {
    if (isKept.current) toEnd();
  }, [newest]);
  useEffect(() => {
    const sizes = new ResizeObserver(() => isKept.current && toEnd());
    if (list.current) sizes.observe(list.current);
    return () => sizes.disconnect();
  }, []);
  return { list, isAtEnd, toEnd, scrolled };
}
