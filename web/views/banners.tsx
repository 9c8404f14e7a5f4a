// The banners above all panes: a lost connection, and a notice about something that failed.

import { connectionText } from '../state/format.js';
import type { SessionProps } from './panes/session-props.js';

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
  const text = connectionText(state, reason);
  if (text === null) return null;
  return (
    <div class="banner">
      <p>{text}</p>
      {state !== 'connecting' && (
        <button type="button" onClick={() => session.retry()}>
          Retry now
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

/** The alert region is always there: screen readers only announce changes inside it. */
function Notice({ session }: BannerProps) {
  const { notice } = session.state.value;
  return (
    <div role="alert">
      {notice !== null && (
        <div class="banner">
          <p>{notice}</p>
          <button type="button" onClick={() => session.dismissNotice()}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
}
