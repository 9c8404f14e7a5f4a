// A button that copies a text to the clipboard and shows whether that worked.

import { useState } from 'preact/hooks';
import type { PageSession } from '../../session.js';

interface CopyButtonProps {
  readonly session: PageSession;
  /** null: not known yet. */
  readonly text: string | null;
  /** What the text is, for the label: `key`. */
  readonly what: string;
}

export function CopyButton({ session, text, what }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<string | null>(null);
  const copy = async (): Promise<void> => {
    if (text === null) return;
    const message = await navigator.clipboard.writeText(text).then(
      () => `Copied the ${what}`,
      () => 'The browser blocked copying. Select the text and copy it.',
    );
    setOutcome(message);
    session.announce(message);
  };
  return (
    <button type="button" disabled={text === null} onClick={() => void copy()}>
      {outcome ?? `Copy the ${what}`}
    </button>
  );
}
