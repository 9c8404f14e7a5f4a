// The settings: fingerprint, name, colours, muted people, keyboard shortcuts, and deleting the key.

import { useState } from 'preact/hooks';
import type { Theme } from '../../host/preferences.js';
import type { Page } from '../../page.js';
import { SHORTCUTS } from '../shortcuts.js';
import type { SessionProps } from '../panes/session-props.js';
import { Dialog } from './dialog.js';
import { KeyFingerprint } from './key-fingerprints.js';

const THEMES: readonly (readonly [theme: Theme, label: string])[] = [
  ['system', 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

export function SettingsDialog({ page, session, openDialog }: SessionProps) {
  const { me } = session.state.value;
  return (
    <Dialog title={me.name} onClose={() => (openDialog.value = null)}>
      <KeyFingerprint session={session} title="Your fingerprint" keyText={me.key} />
      <p>
        <button type="button" onClick={() => page.leave()}>
          Choose another name
        </button>
      </p>
      <Themes page={page} />
      <MutedPeople page={page} />
      <Keyboard />
      <ForgetButton page={page} session={session} />
    </Dialog>
  );
}

function Themes({ page }: { page: Page }) {
  return (
    <fieldset>
      <legend>Colours</legend>
      {THEMES.map(([theme, label]) => (
        <label key={theme}>
          <input
            type="radio"
            name="theme"
            checked={page.preferences.value.theme === theme}
            onChange={() => page.setTheme(theme)}
          />{' '}
          {label}
        </label>
      ))}
    </fieldset>
  );
}

function MutedPeople({ page }: { page: Page }) {
  const count = page.preferences.value.muted.length;
  if (count === 0) return null;
  return (
    <p>
      You muted {count} {count === 1 ? 'person' : 'people'}.{' '}
      <button type="button" onClick={() => page.unmuteAll()}>
        Unmute all
      </button>
    </p>
  );
}

function Keyboard() {
  return (
    <details>
      <summary>Keyboard</summary>
      <dl class="shortcuts">
        {SHORTCUTS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** Asks for confirmation, because a deleted key cannot be restored. */
function ForgetButton({ page, session }: Pick<SessionProps, 'page' | 'session'>) {
  const [isConfirming, setConfirming] = useState(false);
  const forget = async (): Promise<void> => {
    if (!isConfirming) return setConfirming(true);
    if (!(await page.forget())) session.showNotice(NOT_DELETED);
  };
  return (
    <p>
      <button type="button" class="danger" onClick={() => void forget()}>
        {isConfirming ? 'Yes, delete the key' : 'Forget me in this browser'}
      </button>{' '}
      {isConfirming && <span class="problem">The key cannot be restored. Others will see you as a new person.</span>}
    </p>
  );
}

const NOT_DELETED = 'The browser did not delete the key. Clear the data of this site in the settings of the browser.';
