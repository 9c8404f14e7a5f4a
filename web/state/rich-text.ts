// A text that somebody sent, cut into what is only shown and what is a link. It becomes nodes of text, never markup.

import { UNSAFE_CHARACTERS } from '../../protocols/kit/sanitize.js';

export interface TextPart {
  readonly text: string;
  /** Where the link leads; null: only text. */
  readonly href: string | null;
}

const URL_LIKE = /\bhttps?:\/\/[^\s<>"'`]+/gi;
/** What ends a sentence belongs to it, not to the address. */
const SENTENCE_END = new Set('.,;:!?*_~');

/** Text without what moves its neighbours around; line breaks session. */
export function sanitizeLines(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(UNSAFE_CHARACTERS, (letter) => (letter === '\n' ? '\n' : SPACES.has(letter) ? ' ' : '\ufffd'));
}

const SPACES = new Set(['\t', '\u2028', '\u2029']);

/** The parts in order; joined they are the text, made harmless. */
export function textParts(raw: string): TextPart[] {
  const text = sanitizeLines(raw);
  const parts: TextPart[] = [];
  let done = 0;
  for (const match of text.matchAll(URL_LIKE)) {
    const address = withoutSentenceEnd(match[0]);
    const href = hrefOf(address);
    if (href === null) continue;
    if (match.index > done) parts.push({ text: text.slice(done, match.index), href: null });
    parts.push({ text: address, href });
    done = match.index + address.length;
  }
  if (done < text.length) parts.push({ text: text.slice(done), href: null });
  return parts;
}

/** Brackets that were openDialog before the address close after it. */
function withoutSentenceEnd(address: string): string {
  let end = withoutEnd(address, address.length);
  for (const [opening, closing] of BRACKETS) {
    let surplus = count(address, closing, end) - count(address, opening, end);
    for (; surplus > 0 && address[end - 1] === closing; surplus -= 1) end = withoutEnd(address, end - 1);
  }
  return address.slice(0, end);
}

const BRACKETS = ['()', '[]'];

/** Where an address ends without what ends a sentence. */
function withoutEnd(address: string, end: number): number {
  let at = end;
  while (at > 0 && SENTENCE_END.has(address.charAt(at - 1))) at -= 1;
  return at;
}

function count(text: string, letter: string | undefined, end: number): number {
  let found = 0;
  for (let at = 0; at < end; at += 1) if (text[at] === letter) found += 1;
  return found;
}

/**
 * Where an address leads, or null where it is none, or would lead elsewhere than it looks: a name before the host
 * (`https://bank.example@evil.example`), or a host in letters that resemble others.
 */
function hrefOf(address: string): string | null {
  const url = parsed(address);
  if (url === null || url.username !== '' || url.password !== '') return null;
  const shown = address.slice(address.indexOf('//') + 2).toLowerCase();
  return shown.startsWith(url.hostname) && !url.hostname.includes('xn--') ? url.href : null;
}

function parsed(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null; // not an address after all
  }
}
