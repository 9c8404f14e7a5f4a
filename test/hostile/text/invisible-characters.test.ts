// Text that hides what it says, covers its neighbours or looks empty, in a terminal, a page, an export and a file.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawEvent } from '../../../client/cli/draw/events.js';
import { NO_COLOURS } from '../../../client/cli/draw/colours.js';
import { jsonLine } from '../../../client/cli/script/json-printer.js';
import { text as htmlText } from '../../../client/archive/export/html-page.js';
import { sanitizeLines } from '../../../protocols/kit/sanitize.js';

const ATTACKS: Readonly<Record<string, { text: string; hidden: RegExp }>> = {
  'tag characters that spell hidden words': { text: 'hi\u{e0070}\u{e0061}\u{e0079}', hidden: /[\u{e0000}-\u{e007f}]/u },
  'a flag that carries hidden words': {
    text: '🏴\u{e0070}\u{e0061}\u{e0079}\u{e006d}\u{e0065}\u{e007f}',
    hidden: /[\u{e0000}-\u{e007f}]/u,
  },
  'a text of Hangul fillers': { text: '\u3164\u115f\u1160\uffa0', hidden: /[\u3164\u115f\u1160\uffa0]/ },
  'soft hyphens in a word': { text: 'pay\u00adpal', hidden: /\u00ad/ },
  'zero-width characters that spell bits': { text: 'a\u200b\u200c\u200d\u2060b', hidden: /[\u200b-\u200d\u2060]/ },
  'variation selectors that spell bytes': {
    text: '😀\u{e0101}\u{e0155}\ufe01\ufe02\ufe03',
    hidden: /[\u{e0100}-\u{e01ef}]|[\ufe00-\ufe0f]{2}/u,
  },
  'marks that cover the lines above and below': {
    text: `Z${'\u0301\u0330'.repeat(40)}`,
    hidden: /\p{M}{5}/u,
  },
  'marks kept apart by joiners': { text: `क${'\u0901\u0901\u0901\u200d'.repeat(40)}`, hidden: /(?:\p{M}\u200d?){5}/u },
  'direction controls': { text: 'x\u202egnp.exe\u2066', hidden: /[\u202a-\u202e\u2066-\u2069]/ },
  'annotations over text': { text: '\ufff9bank\ufffaevil\ufffb', hidden: /[\ufff9-\ufffb]/ },
  'half a character and noncharacters': { text: 'a\ud83d b\ufffe\u{1ffff}', hidden: /[\p{Cs}\ufffe\u{1ffff}]/u },
};

const VIEW = { me: 'alice', conversation: null, colours: NO_COLOURS, zone: 'UTC', now: 0, columns: undefined };
const AT = '2027-01-15T12:00:00.000Z';

for (const [attack, { text, hidden }] of Object.entries(ATTACKS)) {
  test(`[CTRL-17] ${attack}: neither the terminal, the page nor the HTML export shows them`, () => {
    assert.match(text, hidden);
    const [line = ''] = drawEvent({ event: 'chat', id: 'm1', from: 'bob', text, at: AT }, VIEW);
    for (const shown of [line, sanitizeLines(text), htmlText(text)]) assert.doesNotMatch(shown, hidden);
  });

  test(`[CTRL-17] ${attack}: JSON keeps the text`, () => {
    assert.deepEqual(JSON.parse(jsonLine({ text })), { text });
  });
}

test('[CTRL-17] JSON escapes hidden characters, so that a terminal that shows it stays as it is', () => {
  assert.equal(jsonLine({ text: '\u{e0061}\u3164\u00ad' }), '{"text":"\\udb40\\udc61\\u3164\\u00ad"}');
});
