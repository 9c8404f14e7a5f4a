// Draws the page at most once a frame, however many messages arrive. A timer draws while there are no frames, as on a
// hidden page. Both are scheduled each time: a page may be hidden after it asked for a frame, which then never comes.

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
