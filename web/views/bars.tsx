// What stands above every pane: how the connection is, where it is not well, and what could not be done.

import { connectionLine } from '../state/words.js';
import type { SquareProps } from './square-view.js';

type BarProps = Pick<SquareProps, 'page' | 'session'>;

export function Bars(props: BarProps) {
  return (
    <div class="bars">
      <ConnectionBar {...props} />
      <Notice {...props} />
    </div>
  );
}

function ConnectionBar({ page, session }: BarProps) {
  const { state, reason } = session.square.value.connection;
  const line = connectionLine(state);
  if (line === null) return null;
  return (
    <div class="bar">
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

/** The region is there before there is anything to say, or it would not be read aloud. */
function Notice({ session }: BarProps) {
  const { notice } = session.square.value;
  return (
    <div role="alert">
      {notice !== null && (
        <div class="bar">
          <p>{notice}</p>
          <button type="button" onClick={() => session.putNoticeAway()}>
            Put away
          </button>
        </div>
      )}
    </div>
  );
}
