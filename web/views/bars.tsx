// What stands above every pane: how the connection is, where it is not well, and what could not be done.

import { connectionLine } from '../state/wording.js';
import type { SquareProps } from './square-view.js';

type BarProps = Pick<SquareProps, 'page' | 'stay'>;

export function Bars(props: BarProps) {
  return (
    <div class="bars">
      <ConnectionBar {...props} />
      <Notice {...props} />
    </div>
  );
}

function ConnectionBar({ page, stay }: BarProps) {
  const { state, reason } = stay.square.value.connection;
  const line = connectionLine(state);
  if (line === null) return null;
  return (
    <div class="bar">
      <p>
        <b>{line}</b> {reason}
      </p>
      {state !== 'connecting' && (
        <button type="button" onClick={() => stay.retry()}>
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
function Notice({ stay }: BarProps) {
  const { notice } = stay.square.value;
  return (
    <div role="alert">
      {notice !== null && (
        <div class="bar">
          <p>{notice}</p>
          <button type="button" onClick={() => stay.putNoticeAway()}>
            Put away
          </button>
        </div>
      )}
    </div>
  );
}
