// The head of the page, whose policy forbids everything but its own style, and the escaping of texts.

import { utf8 } from '../../../protocols/kit/bytes.js';
import { sanitizeLines } from '../../../protocols/kit/sanitize.js';
import { primitives } from '../../../runtime/crypto.js';

const STYLE = `
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
:root { color-scheme: light dark; }
h1, h2, h3, b { unicode-bidi: isolate; }
h3 { margin: 1.5rem 0 .5rem; font-size: .9rem; font-weight: normal; text-align: center; opacity: .7; }
td, th { padding: .1rem 1rem .1rem 0; text-align: left; vertical-align: top; }
code { font-size: .8rem; word-break: break-all; }
section div { margin: .4rem 0; padding-left: .8rem; border-left: .2rem solid #8888; }
section div.mine { border-color: #27a; }
section p { margin: 0 1.2rem; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
time, i { font-size: .8rem; font-style: normal; opacity: .7; }
`;

/** Nothing is loaded, runs or is sent, so that even a text that became markup could do no harm. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${Buffer.from(primitives.sha256(utf8(STYLE))).toString('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export function pageHead(title: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${text(title)}</title>
<style>${STYLE}</style></head><body>
`;
}

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters with a meaning in HTML. */
const MARKUP = /[&<>"']/g;

/** Sanitizes a text, and escapes it for an element or an attribute. */
export function text(written: string): string {
  return sanitizeLines(written).replace(MARKUP, (letter) => ESCAPED[letter] ?? letter);
}
