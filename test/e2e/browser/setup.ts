// What several tests of the page share: a server with channels, screen sizes, the messages a terminal received.

import type { TestContext } from 'node:test';
import { parseJson } from '../../../protocols/kit/bytes.js';
import type { JsonClient } from '../testbed/json-client.js';
import { Testbed } from '../testbed/testbed.js';

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const TABLET = { viewport: { width: 768, height: 900 } };
export const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };

/** A name server that serves the page and does not look for other servers. */
export function channelServer(t: TestContext): Promise<Testbed> {
  return Testbed.during(t, { serverFlags: ['--no-discovery'] });
}

/** The texts of all channel messages that a terminal received, in order, duplicates included. */
export function channelTextsOf({ program }: JsonClient): string[] {
  return program.lines.flatMap((text) => {
    const line = parseJson(text) as { event?: string; text?: string };
    return line.event === 'channel' && line.text !== undefined ? [line.text] : [];
  });
}
