// A button that copies a text, and says so.

import { useState } from 'preact/hooks';
import type { Stay } from '../../stay.js';

interface CopiedProps {
  readonly stay: Stay;
  /** null: not known yet. */
  readonly text: string | null;
  /** What the text is: `key`. */
  readonly what: string;
}

export function Copied({ stay, text, what }: CopiedProps) {
  const [outcome, setOutcome] = useState<string | null>(null);
  const copy = async (): Promise<void> => {
    if (text === null) return;
    const said = await navigator.clipboard.writeText(text).then(
      () => `Copied the ${what}`,
      () => 'The browser does not allow it: select and copy',
    );
    setOutcome(said);
    stay.speak(said);
  };
  return (
    <button type="button" disabled={text === null} onClick={() => void copy()}>
      {outcome ?? `Copy the ${what}`}
    </button>
  );
}
