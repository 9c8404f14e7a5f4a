// Draws the page for its current stage.

import type { Page } from '../page.js';
import { SessionView } from './session-view.js';
import { Unsupported } from './unsupported.js';
import { Welcome } from './welcome.js';

export function App({ page }: { page: Page }) {
  const stage = page.stage.value;
  switch (stage.type) {
    case 'loading':
      return null;
    case 'unsupported':
      return <Unsupported why={stage.why} />;
    case 'welcome':
      return <Welcome page={page} problem={stage.problem} />;
    case 'session':
      return <SessionView key={stage.session} page={page} session={stage.session} />;
  }
}
