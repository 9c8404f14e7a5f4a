// A link leads to the address it shows, and a received text cannot move the text around it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sanitizeLines } from '../../../protocols/kit/sanitize.js';
import { textParts } from '../../../web/state/rich-text.js';

function links(text: string): string[] {
  return textParts(text).flatMap(({ href }) => href ?? []);
}

test('addresses become links, without the punctuation of the sentence', () => {
  const found: readonly (readonly [text: string, ...links: string[]])[] = [
    ['see https://kith.example/a.', 'https://kith.example/a'],
    ['(http://kith.example/a_(b))', 'http://kith.example/a_(b)'],
    [
      'HTTPS://Kith.Example/X?y=1#z, and http://a.example:8080!',
      'https://kith.example/X?y=1#z',
      'http://a.example:8080/',
    ],
    ['http://[::1]/x', 'http://[::1]/x'],
    [`https://a.b/${'.)'.repeat(8_000)}`, 'https://a.b/'],
    [`https://a.b/(${')'.repeat(8_000)}`, 'https://a.b/()'],
    ['two\nhttps://a.example/\nhttps://b.example/', 'https://a.example/', 'https://b.example/'],
  ];
  for (const [text, ...expected] of found) assert.deepEqual(links(text), expected, text);
});

test('a misleading address, and one of another scheme, stays text', () => {
  const texts = [
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'xhttp://a.example',
    'https://bank.example@evil.example/',
    'https://b\u0430nk.example/',
    'https://xn--bnk-5cd.example/',
    'http://0x7f000001/',
    'https://',
    'https://[::/x',
  ];
  for (const text of texts) assert.deepEqual(links(text), [], text);
});

test('the parts are the sanitized text; a link leads to the host it shows', () => {
  let links = 0;
  const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.constantFrom(...MISLEADING));
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join(' ');
      const parts = textParts(text);
      assert.equal(parts.map((part) => part.text).join(''), sanitizeLines(text));
      for (const { text: shown, href } of parts) {
        if (href === null) continue;
        links += 1;
        const host = (address: string): string => /^https?:\/\/([a-z0-9.-]+)/i.exec(address)?.[1]?.toLowerCase() ?? '?';
        assert.equal(host(shown), host(href));
        assert.ok(!/^[^/]*\/\/[^/?#]*@/.test(shown));
      }
    }),
  );
  assert.ok(links > 0);
});

const MISLEADING = ['https://a.example@b.example/', 'http://0x7f000001/', 'https://ａ.example/'];

test('line breaks stay; other control characters become visible or a space', () => {
  assert.equal(sanitizeLines('a\r\nb\rc\n\td\u2028e'), 'a\nb\nc\n d e');
  assert.equal(sanitizeLines('x\u202ey\u0000z\u200f'), 'x\ufffdy\ufffdz\ufffd');
});
