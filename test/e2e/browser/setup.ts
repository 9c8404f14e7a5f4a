// What several tests of the page need: a server that carries channels, screens of some sizes, what a terminal heard.

import type { TestContext } from 'node:test';
import { parseJson } from '../../../protocols/kit/bytes.js';
import type { JsonClient } from '../testbed/json-client.js';
import { Testbed } from '../testbed/testbed.js';

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const TABLET = { viewport: { width: 768, height: 900 } };
export const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };

/** A name server alone, with its doors for browsers. */
export function channelServer(t: TestContext): Promise<Testbed> {
  return Testbed.during(t, { serverFlags: ['--no-discovery'] });
}

/** Everything a terminal heard in channels, in order; what came twice stands twice. */
export function heardBy({ program }: JsonClient): string[] {
  return program.lines.flatMap((text) => {
    const line = parseJson(text) as { event?: string; text?: string };
    return line.event === 'channel' && line.text !== undefined ? [line.text] : [];
  });
}
