// What was said in a place. It keeps to the newest while one is there, and stays where one reads.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { clock } from '../../host/sources.js';
import type { Place } from '../../state/places.js';
import { rowsOf, type Row } from '../../state/rows.js';
import { usePlaceTitle } from '../place-title.js';
import type { SquareProps } from '../square-view.js';
import { TextRow } from './text-row.js';

/** So near to the end that one is there. */
const END_PX = 40;

export function Log({ place, ...props }: SquareProps & { place: Place }) {
  const { entries, newFrom, hasForgotten } = place;
  const rows = useMemo(() => rowsOf(entries, { newFrom, hasForgotten, now: clock.now() }), [entries, newFrom]);
  const title = usePlaceTitle(props.session, place);
  const { list, isAtEnd, toEnd, scrolled } = useEnd(entries.at(-1)?.id);
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
  const entry = row.kind === 'text' ? row.entry : null;
  const hasHead = row.kind === 'text' && row.hasHead;
  const text = useMemo(() => entry && <TextRow {...props} entry={entry} hasHead={hasHead} />, [entry, hasHead]);
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

/** `newest`: names the last entry. */
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
