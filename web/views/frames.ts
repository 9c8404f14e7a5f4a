// When the page draws: once a frame, however much came in; seldom while nobody can see it, where there are no frames.

import { options } from 'preact';
import { LIMITS } from '../../protocols/kit/limits.js';

export function drawByFrames(): void {
  options.debounceRendering = (draw: () => void) => {
    if (document.visibilityState === 'visible') requestAnimationFrame(draw);
    else setTimeout(draw, LIMITS.pageHiddenDrawMs);
  };
}
