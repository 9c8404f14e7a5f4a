// One person: how to be sure of them, and what one can do about them.

import type { Participant } from '../../../protocols/channels/client/io.js';
import type { SessionProps } from '../session-view.js';
import { Dialog } from './dialog.js';
import { KeyFingerprints } from './key-fingerprints.js';

export function PersonDialog({ visitor, ...props }: SessionProps & { visitor: Participant }) {
  const { session, openDialog } = props;
  const isMe = visitor.key === session.state.value.me.key;
  return (
    <Dialog title={visitor.name} onClose={() => (openDialog.value = null)}>
      <KeyFingerprints session={session} visitor={visitor} />
      {!isMe && <PersonActions {...props} visitor={visitor} />}
    </Dialog>
  );
}

function PersonActions({ page, session, pane, openDialog, visitor }: SessionProps & { visitor: Participant }) {
  const isMuted = page.isMuted(visitor.key);
  const whisper = (): void => {
    openDialog.value = null;
    pane.value = 'conversation';
    session.openDirect(visitor);
  };
  const mute = (): void => (isMuted ? page.unmute(visitor.key) : page.mute(visitor.key));
  return (
    <footer>
      <button type="button" class="main" onClick={whisper}>
        Speak in private
      </button>
      <button type="button" aria-pressed={isMuted} onClick={mute}>
        {isMuted ? 'Hear again' : 'Mute'}
      </button>
    </footer>
  );
}
