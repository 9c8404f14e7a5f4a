// A button that copies a text, and says so.

import { useState } from 'preact/hooks';
import type { PageSession } from '../../session.js';

interface CopyButtonProps {
  readonly session: PageSession;
  /** null: not known yet. */
  readonly text: string | null;
  /** What the text is: `key`. */
  readonly what: string;
}

export function CopyButton({ session, text, what }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<string | null>(null);
  const copy = async (): Promise<void> => {
    if (text === null) return;
    const said = await navigator.clipboard.writeText(text).then(
      () => `CopyButton the ${what}`,
      () => 'The browser does not allow it: select and copy',
    );
    setOutcome(said);
    session.announce(said);
  };
  return (
    <button type="button" disabled={text === null} onClick={() => void copy()}>
      {outcome ?? `Copy the ${what}`}
    </button>
  );
}
