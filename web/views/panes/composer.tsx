// Where one says something: Enter says it, Shift+Enter begins a line, and what was typed stays with its place.

import { useRef, useState } from 'preact/hooks';
import { byteLength } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Place } from '../../state/places.js';
import { usePlaceTitle } from '../place-title.js';
import type { SquareProps } from '../square-view.js';

type ComposerProps = Pick<SquareProps, 'stay'> & { readonly place: Place };

export function Composer(props: ComposerProps) {
  const { place, stay } = props;
  const { field, bytesOver, typed, say } = useDraft(props);
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) say(event);
  };
  const title = usePlaceTitle(stay, place);
  const label = place.kind === 'channel' ? `Say in ${title}` : `Say to ${title} in private`;
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
        defaultValue={stay.drafts.get(place.id) ?? ''}
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
function useDraft({ stay, place }: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [bytesOver, setBytesOver] = useState(() => bytesTooMany(stay.drafts.get(place.id) ?? ''));
  const typed = (): void => {
    const text = field.current?.value ?? '';
    stay.drafts.set(place.id, text);
    setBytesOver(bytesTooMany(text));
  };
  const say = (event: Event): void => {
    event.preventDefault();
    const text = field.current?.value ?? '';
    // Measured anew: what was typed since the last frame is not drawn yet.
    if (!field.current || text.trim() === '' || bytesTooMany(text) > 0) return;
    stay.say(place.id, text);
    field.current.value = '';
    stay.drafts.delete(place.id);
    setBytesOver(0);
    field.current.focus();
  };
  return { field, bytesOver, typed, say };
}

function bytesTooMany(text: string): number {
  return Math.max(0, byteLength(text) - LIMITS.messageTextBytes);
}
