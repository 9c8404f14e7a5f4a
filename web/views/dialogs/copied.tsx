// A button that copies a text, and says so.

import { useState } from 'preact/hooks';
import type { Session } from '../../session.js';

interface CopiedProps {
  readonly session: Session;
  readonly text: string;
  /** What the text is: `key`. */
  readonly what: string;
}

export function Copied({ session, text, what }: CopiedProps) {
  const [outcome, setOutcome] = useState<string | null>(null);
  const copy = async (): Promise<void> => {
    const said = await navigator.clipboard.writeText(text).then(
      () => `Copied the ${what}`,
      () => 'The browser does not allow it: select and copy',
    );
    setOutcome(said);
    session.speak(said);
  };
  return (
    <button type="button" title={text} onClick={() => void copy()}>
      {outcome ?? `Copy the ${what}`}
    </button>
  );
}
