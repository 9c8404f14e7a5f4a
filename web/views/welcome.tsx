// The first thing one sees: choose a name, and come in.

import { useState } from 'preact/hooks';
import type { Page } from '../page.js';

export function Welcome({ page, problem }: { page: Page; problem: string | null }) {
  return (
    <main class="card">
      <h1>Kith</h1>
      <p>
        Channels without a company in the middle. What is said here is signed, heard by who is there, and kept by
        nobody.
      </p>
      <NameForm page={page} problem={problem} />
      <p class="quiet">
        A key is made in this browser and stays in it; no account, no password. Names are not unique: others tell you by
        the words of your key.
      </p>
    </main>
  );
}

function NameForm({ page, problem }: { page: Page; problem: string | null }) {
  const [isBusy, setBusy] = useState(false);
  const enter = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    await page.enterAs(nameIn(event.currentTarget));
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void enter(event)}>
      <label for="name">Your name here</label>
      <input
        {...NAME_FIELD}
        defaultValue={page.preferences.value.name ?? ''}
        aria-describedby="name-hint name-problem"
        aria-invalid={problem !== null}
      />
      <p id="name-hint" class="quiet">
        2 to 32 of a–z, 0–9, _ and -.
      </p>
      <p id="name-problem" class="problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="main" disabled={isBusy}>
        {page.invitedChannel.value === null ? 'Come in' : `Come in to #${page.invitedChannel.value}`}
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
