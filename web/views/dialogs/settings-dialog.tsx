// What is ours at this page: name, key, how it looks, whom we muted, and the way out.

import { useState } from 'preact/hooks';
import type { Theme } from '../../host/preferences.js';
import type { Page } from '../../page.js';
import { SHORTCUTS } from '../shortcuts.js';
import type { SessionProps } from '../session-view.js';
import { Dialog } from './dialog.js';
import { KeyFingerprint } from './key-fingerprints.js';

const THEMES: readonly (readonly [theme: Theme, label: string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

export function SettingsDialog({ page, session, openDialog }: SessionProps) {
  const { me } = session.state.value;
  return (
    <Dialog title={me.name} onClose={() => (openDialog.value = null)}>
      <KeyFingerprint session={session} title="Words of your key" keyText={me.key} />
      <p>
        <button type="button" onClick={() => page.leave()}>
          Choose another name
        </button>
      </p>
      <Themes page={page} />
      <Muted page={page} />
      <Keyboard />
      <Forget page={page} session={session} />
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

function Muted({ page }: { page: Page }) {
  const count = page.preferences.value.muted.length;
  if (count === 0) return null;
  return (
    <p>
      You muted {count}.{' '}
      <button type="button" onClick={() => page.unmuteAll()}>
        Hear all again
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

/** Asked twice: a key that is gone is gone for everybody. */
function Forget({ page, session }: Pick<SessionProps, 'page' | 'session'>) {
  const [isSure, setSure] = useState(false);
  const forget = async (): Promise<void> => {
    if (!isSure) return setSure(true);
    if (!(await page.forget()))
      session.showNotice('The browser did not let us destroy the key. Clear the data of this site.');
  };
  return (
    <p>
      <button type="button" class="danger" onClick={() => void forget()}>
        {isSure ? 'Yes, destroy the key' : 'Forget me in this browser'}
      </button>{' '}
      {isSure && <span class="problem">Nobody can be this key again, you neither.</span>}
    </p>
  );
}
