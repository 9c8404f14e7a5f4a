// The dialog about one person: fingerprints to compare, a direct message, mute.

import type { Participant } from '../../../protocols/channels/client/io.js';
import type { SessionProps } from '../panes/session-props.js';
import { Dialog } from './dialog.js';
import { KeyFingerprints } from './key-fingerprints.js';

export function PersonDialog({ person, ...props }: SessionProps & { person: Participant }) {
  const { session, openDialog } = props;
  const isMe = person.key === session.state.value.me.key;
  return (
    <Dialog title={person.name} onClose={() => (openDialog.value = null)}>
      <KeyFingerprints session={session} person={person} />
      {!isMe && <PersonActions {...props} person={person} />}
    </Dialog>
  );
}

function PersonActions({ page, session, pane, openDialog, person }: SessionProps & { person: Participant }) {
  const isMuted = page.isMuted(person.key);
  const writeDirect = (): void => {
    openDialog.value = null;
    pane.value = 'conversation';
    session.openDirect(person);
  };
  const toggleMute = (): void => (isMuted ? page.unmute(person.key) : page.mute(person.key));
  return (
    <footer>
      <button type="button" class="primary" onClick={writeDirect}>
        Direct message
      </button>
      <button type="button" aria-pressed={isMuted} onClick={toggleMute}>
        {isMuted ? 'Unmute' : 'Mute'}
      </button>
    </footer>
  );
}
