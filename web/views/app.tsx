// What of the page stands on the screen, by the stage it is in.

import type { Page } from '../page.js';
import { SessionView } from './session-view.js';
import { Unsupported } from './unsupported.js';
import { Welcome } from './welcome.js';

export function App({ page }: { page: Page }) {
  const current = page.stage.value;
  switch (current.type) {
    case 'loading':
      return null;
    case 'unsupported':
      return <Unsupported why={current.why} />;
    case 'welcome':
      return <Welcome page={page} problem={current.problem} />;
    case 'session':
      return <SessionView key={current.session} page={page} session={current.session} />;
  }
}
