// What was said in a place. It keeps to the newest while one is there, and stays where one reads.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { clock } from '../../host/sources.js';
import type { Place } from '../../state/places.js';
import { rowsOf, type Row } from '../../state/rows.js';
import { calendar } from '../../state/wording.js';
import { usePlaceTitle } from '../place-title.js';
import type { SquareProps } from '../square-view.js';
import { TextRow } from './text-row.js';

/** So near to the end that one is there. */
const END_PX = 40;

export function Log({ place, ...props }: SquareProps & { place: Place }) {
  const { lines, newFrom, hasForgotten } = place;
  const now = clock.now();
  const rows = useMemo(() => rowsOf(lines, { newFrom, hasForgotten, now }), [lines, newFrom, calendar()(now)]);
  const title = usePlaceTitle(props.stay, place);
  const { list, isAtEnd, toEnd, scrolled } = useEnd(lines.at(-1)?.id);
  return (
    <div class="log-frame">
      <div class="log" ref={list} tabIndex={0} role="region" aria-label={`Said in ${title}`} onScroll={scrolled}>
        <ol>
          {rows.map((row) => (
            <RowView key={row.key} {...props} place={place} row={row} />
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
function RowView({ row, ...props }: SquareProps & { place: Place; row: Row }) {
  const line = row.kind === 'text' ? row.line : null;
  const hasHead = row.kind === 'text' && row.hasHead;
  const text = useMemo(() => line && <TextRow {...props} line={line} hasHead={hasHead} />, [line, hasHead]);
  switch (row.kind) {
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
