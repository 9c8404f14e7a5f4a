// What stands above every pane: how the connection is, where it is not well, and what could not be done.

import { connectionLine } from '../state/format.js';
import type { SessionProps } from './session-view.js';

type BannerProps = Pick<SessionProps, 'page' | 'session'>;

export function Banners(props: BannerProps) {
  return (
    <div class="banners">
      <ConnectionBanner {...props} />
      <Notice {...props} />
    </div>
  );
}

function ConnectionBanner({ page, session }: BannerProps) {
  const { state, reason } = session.state.value.connection;
  const line = connectionLine(state);
  if (line === null) return null;
  return (
    <div class="banner">
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
function Notice({ session }: BannerProps) {
  const { notice } = session.state.value;
  return (
    <div role="alert">
      {notice !== null && (
        <div class="banner">
          <p>{notice}</p>
          <button type="button" onClick={() => session.dismissNotice()}>
            Put away
          </button>
        </div>
      )}
    </div>
  );
}
