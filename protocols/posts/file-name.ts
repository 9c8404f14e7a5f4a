// The name under which a download is stored: the author's file name, made safe for every file system (SPEC POST-5).

import { byteLength } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';
import { sanitize } from '../kit/sanitize.js';

/** Separators, what some file systems forbid, and hidden characters, which sanitizing has made visible. */
const FORBIDDEN = /[/\\<>:"|?*\p{Cc}\p{Cf}\ufffd]/gu;
/** A hidden file, an option of a program, or blanks, at the beginning. At the end some file systems drop them. */
const BAD_START = /^[.\s~-]+/u;
const BAD_END = /[.\s]+$/u;
/** Names of devices, with any ending. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;
/** An ending that is kept when the name is cut. */
const ENDING = /\.[^.\s]{1,15}$/u;

/** A name without separators, at most `postFileNameBytes` long; author and id where nothing of it is left. */
export function storedName({ name, author, id }: { name: string; author: string; id: string }): string {
  const safe = sanitize(name).normalize('NFC').replace(FORBIDDEN, '_').replace(BAD_START, '').replace(BAD_END, '');
  const fitting = cut(safe.replace(DEVICES, '_$&'), LIMITS.postFileNameBytes);
  return fitting === '' ? `${author}-${id}` : fitting;
}

/** `lake.jpg`, `lake (2).jpg`, `lake (3).jpg`. */
export function numberedName(name: string, number: number): string {
  if (number === 1) return name;
  const ending = ENDING.exec(name)?.[0] ?? '';
  return `${name.slice(0, name.length - ending.length)} (${number})${ending}`;
}

/** Whole characters, the ending last. */
function cut(name: string, bytesMax: number): string {
  if (byteLength(name) <= bytesMax) return name;
  const ending = ENDING.exec(name)?.[0] ?? '';
  let kept = '';
  let bytes = byteLength(ending);
  for (const letter of name.slice(0, name.length - ending.length)) {
    bytes += byteLength(letter);
    if (bytes > bytesMax) break;
    kept += letter;
  }
  return kept.replace(BAD_END, '') + ending;
}
