// When the page draws: once a frame, however much came in; a little later where there are no frames, as while nobody
// can see it. Both are asked for: a page can be hidden after it asked for a frame, which then never comes.

import { options } from 'preact';
import { LIMITS } from '../../protocols/kit/limits.js';

export function renderOncePerFrame(): void {
  options.debounceRendering = (draw: () => void) => {
    const drawOnce = (): void => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      draw();
    };
    const frame = requestAnimationFrame(drawOnce);
    const timer = setTimeout(drawOnce, LIMITS.pageFrameMs);
  };
}
