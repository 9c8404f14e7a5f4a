// What of the page stands on the screen, by the stage it is in.

import type { Page } from '../page.js';
import { SquareView } from './square-view.js';
import { Unable } from './unable.js';
import { Welcome } from './welcome.js';

export function App({ page }: { page: Page }) {
  const current = page.stage.value;
  switch (current.stage) {
    case 'beginning':
      return null;
    case 'unable':
      return <Unable why={current.why} />;
    case 'welcome':
      return <Welcome page={page} problem={current.problem} />;
    case 'in':
      return <SquareView key={current.stay} page={page} stay={current.stay} />;
  }
}
