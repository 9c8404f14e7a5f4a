// Splits a received text into plain text and links. The page shows both as text nodes, never as markup.

import { sanitizeLines } from '../../protocols/kit/sanitize.js';

export interface TextPart {
  readonly text: string;
  /** The target of a link; null for plain text. */
  readonly href: string | null;
}

const URL_LIKE = /\bhttps?:\/\/[^\s<>"'`]+/gi;
/** Punctuation at the end of an address belongs to the sentence around it. */
const SENTENCE_END = new Set('.,;:!?*_~');

/** The parts in order. Joined, they are the sanitized text. */
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

/** Without the sentence around it: a closing bracket belongs to an address that opens it. */
function withoutSentenceEnd(address: string): string {
  let end = withoutEnd(address, address.length);
  for (const [opening, closing] of BRACKETS) {
    let surplus = count(address, closing, end) - count(address, opening, end);
    for (; surplus > 0 && address[end - 1] === closing; surplus -= 1) end = withoutEnd(address, end - 1);
  }
  return address.slice(0, end);
}

const BRACKETS = ['()', '[]'];

/** The end of an address without the punctuation behind it. */
function withoutEnd(address: string, end: number): number {
  let at = end;
  while (at > 0 && SENTENCE_END.has(address.charAt(at - 1))) at -= 1;
  return at;
}

function count(text: string, character: string | undefined, end: number): number {
  let found = 0;
  for (let at = 0; at < end; at += 1) if (text[at] === character) found += 1;
  return found;
}

/**
 * The target of an address. Null if it is no address, or looks like one of another host: with a user name
 * (`https://bank.example@evil.example`), or with a host in look-alike characters.
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
    return null; // not an address
  }
}
