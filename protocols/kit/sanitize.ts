// Sanitizes text from other people: it cannot move the cursor, change colours, reverse the text around it, hide
// characters or cover the lines above and below. Real text of all scripts stays as it is.

import { LIMITS } from './limits.js';

/**
 * Controls (C0, C1, DEL), line and paragraph separators, noncharacters, lone surrogates, and what Unicode calls default
 * ignorable: bidi controls, zero-width characters, Hangul fillers, tag characters. Joiners, variation selectors and the
 * grapheme joiner are not in it: scripts and emoji need them at some places.
 */
const UNSAFE_RANGES = [
  '\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}\\p{Noncharacter_Code_Point}',
  '\\u00ad\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0',
  '\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e00ff}\\u{e01f0}-\\u{e0fff}',
].join('');
const UNSAFE_CHARACTERS = new RegExp(`[${UNSAFE_RANGES}]`, 'gu');

const SHOWN_AS_SPACE = new Set(['\t', '\n', '\r', '\u2028', '\u2029']);

const HIDDEN = '\ufffd';
/** It marks where a word may be hyphenated, so text without it says the same. */
const SOFT_HYPHEN = '\u00ad';

/**
 * A black flag with tag characters (the flag of a region, or hidden text), tag characters alone, or an unsafe
 * character.
 */
const FLAG_OR_UNSAFE = new RegExp(
  `(\\u{1f3f4})[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]+\\u{e007f}|[\\u{e0000}-\\u{e007f}]+|[${UNSAFE_RANGES}]`,
  'gu',
);

/** All flags with tags that Unicode recommends (UTS 51): England, Scotland, Wales. */
const REGIONS_WITH_FLAG: ReadonlySet<string> = new Set(['gbeng', 'gbsct', 'gbwls']);
const FIRST_TAG = 0xe0000;

/** Variation selectors: one may follow the character that it changes. Each follows other characters. */
const USELESS_SELECTORS = new RegExp(
  [
    '(?<![\\p{L}\\p{N}\\p{S}\\p{P}])[\\ufe00-\\ufe0f]',
    '(?<!\\p{Unified_Ideograph})[\\u{e0100}-\\u{e01ef}]',
    '(?<!(?=\\p{L})\\p{Script=Mongolian})[\\u180b-\\u180f]',
  ].join('|'),
  'gu',
);

/** Only the first of several joiners has an effect. */
const REPEATED_JOINERS = /([\u200c\u200d\u034f])[\u200c\u200d\u034f]+/g;

/** Marks above `combiningMarksMax` on one character, whether joiners stand between them or not. */
const SURPLUS_MARKS = new RegExp(
  `((?:[\\p{Mn}\\p{Me}][\\u200c\\u200d]?){${LIMITS.combiningMarksMax}})(?:[\\u200c\\u200d]?[\\p{Mn}\\p{Me}])+`,
  'gu',
);

/** Scripts in which joiners change how letters are drawn. */
const JOINING_SCRIPTS = [
  ...['Arabic', 'Syriac', 'Mandaic', 'Nko', 'Adlam', 'Mongolian', 'Phags_Pa', 'Hanifi_Rohingya', 'Tibetan', 'Khmer'],
  ...['Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala'],
  ...['Myanmar', 'Thai', 'Lao', 'Balinese', 'Javanese', 'Chakma', 'Meetei_Mayek', 'Newa', 'Tirhuta', 'Grantha'],
];
const JOINING_LETTER = JOINING_SCRIPTS.map((script) => `\\p{Script=${script}}`).join('');

/** A joiner that neither follows a letter of these scripts nor joins two emoji. */
const USELESS_JOINERS = new RegExp(
  [
    `(?<![${JOINING_LETTER}])\\u200c`,
    `(?<![${JOINING_LETTER}\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d`,
    `(?<![${JOINING_LETTER}])\\u200d(?!\\p{Extended_Pictographic})`,
  ].join('|'),
  'gu',
);

/**
 * One printable line: each line break or tab becomes a space, every other unsafe character a visible replacement
 * character. Joiners, selectors and marks where they have no effect are dropped.
 */
export function sanitize(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(FLAG_OR_UNSAFE, (found, flag?: string) => (flag === undefined ? shown(found) : shownFlag(flag, found)))
    .replace(USELESS_SELECTORS, '')
    .replace(REPEATED_JOINERS, '$1')
    .replace(SURPLUS_MARKS, '$1')
    .replace(USELESS_JOINERS, '');
}

/** The same for a text with several lines: its line breaks stay. */
export function sanitizeLines(text: string): string {
  return text
    .split(/\r\n?|\n/)
    .map(sanitize)
    .join('\n');
}

/** JSON with unsafe characters escaped; it parses to the same value. JSON itself escapes only C0. */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE_CHARACTERS, (letter) => letter.split('').map(escapedUnit).join(''));
}

function escapedUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const PLAIN = /^[\x20-\x7e]*$/;

function shown(unsafe: string): string {
  if (unsafe === SOFT_HYPHEN) return '';
  return SHOWN_AS_SPACE.has(unsafe) ? ' ' : HIDDEN;
}

function shownFlag(flag: string, tagged: string): string {
  const tags = [...tagged].slice(1, -1).map((tag) => String.fromCharCode((tag.codePointAt(0) ?? 0) - FIRST_TAG));
  return REGIONS_WITH_FLAG.has(tags.join('')) ? tagged : flag + HIDDEN;
}
