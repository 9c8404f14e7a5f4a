// How the connection stands, above everything, in every pane; nothing where all is well.

import { connectionLine } from '../state/words.js';
import type { SquareProps } from './square-view.js';

export function ConnectionBar({ page, session }: Pick<SquareProps, 'page' | 'session'>) {
  const { state, reason } = session.square.value.connection;
  const line = connectionLine(state);
  if (line === null) return null;
  return (
    <div class="connection" data-state={state}>
      <p>
        <b>{line}</b> {reason}
      </p>
      {state !== 'connecting' && (
        <button type="button" onClick={() => session.retry()}>
          Try now
        </button>
      )}
      {state === 'refused' && (
        <button type="button" onClick={() => page.leave()}>
          Choose another name
        </button>
      )}
    </div>
  );
}
