// The texts for screen readers. They go into the one live region of the page, which exists from the first byte on.

import type { Page } from '../page.js';

export function Announcements({ page }: { page: Page }) {
  const stage = page.stage.value;
  if (stage.type !== 'session') return null;
  return (
    <>
      {stage.session.announcements.value.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </>
  );
}
