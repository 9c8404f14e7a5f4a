// One person: how to be sure of them, and what one can do about them.

import type { Visitor } from '../../../protocols/channels/visitor/world.js';
import type { SquareProps } from '../square-view.js';
import { Dialog } from './dialog.js';
import { SafetyWords } from './safety-words.js';

export function PersonDialog({ visitor, ...props }: SquareProps & { visitor: Visitor }) {
  const { stay, opened } = props;
  const isMe = visitor.key === stay.square.value.me.key;
  return (
    <Dialog title={visitor.name} onClose={() => (opened.value = null)}>
      <SafetyWords stay={stay} visitor={visitor} />
      {!isMe && <Deeds {...props} visitor={visitor} />}
    </Dialog>
  );
}

function Deeds({ page, stay, pane, opened, visitor }: SquareProps & { visitor: Visitor }) {
  const isMuted = page.isMuted(visitor.key);
  const whisper = (): void => {
    opened.value = null;
    pane.value = 'place';
    stay.turnTo(visitor);
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
