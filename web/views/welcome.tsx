// The first page: the user chooses a name and joins.

import { useState } from 'preact/hooks';
import type { Page } from '../page.js';

export function Welcome({ page, problem }: { page: Page; problem: string | null }) {
  return (
    <main class="card">
      <h1>Kith</h1>
      <p>
        Channels without a company in the middle. Messages are signed, go to the people who are in the channel, and are
        not stored.
      </p>
      <NameForm page={page} problem={problem} />
      <p class="subtle">
        This browser makes a key for you and keeps it. You need no account and no password. Names are not unique: others
        recognise you by the fingerprint of your key.
      </p>
    </main>
  );
}

function NameForm({ page, problem }: { page: Page; problem: string | null }) {
  const [isBusy, setBusy] = useState(false);
  const join = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    await page.join(nameIn(event.currentTarget));
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void join(event)}>
      <label for="name">Your name</label>
      <input
        {...NAME_FIELD}
        defaultValue={page.preferences.value.name ?? ''}
        aria-describedby="name-hint name-problem"
        aria-invalid={problem !== null}
      />
      <p id="name-hint" class="subtle">
        2 to 32 characters: a–z, 0–9, _ and -.
      </p>
      <p id="name-problem" class="problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="primary" disabled={isBusy}>
        {page.invitedChannel.value === null ? 'Join' : `Join #${page.invitedChannel.value}`}
      </button>
    </form>
  );
}

const NAME_FIELD = {
  id: 'name',
  name: 'name',
  maxLength: 32,
  required: true,
  autofocus: true,
  autocomplete: 'nickname',
  autocapitalize: 'none',
  spellcheck: false,
} as const;

function nameIn(form: EventTarget | null): string {
  const name = form instanceof HTMLFormElement ? new FormData(form).get('name') : null;
  return typeof name === 'string' ? name : '';
}
