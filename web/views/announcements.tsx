// What is read aloud: goes into the one live region of the page, which was there before anything happened.

import type { Page } from '../page.js';

export function Announcements({ page }: { page: Page }) {
  const current = page.stage.value;
  if (current.type !== 'session') return null;
  return (
    <>
      {current.session.spoken.value.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </>
  );
}
