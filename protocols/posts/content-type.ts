// Derives the media type of a file from its first bytes (SPEC POST-6).

import { textOf, viewOf } from '../kit/bytes.js';

interface Signature {
  readonly type: string;
  /** The bytes at an offset; null matches any byte. */
  readonly at: number;
  readonly bytes: readonly (number | null)[];
}

const ANY = [null, null, null, null];
const letters = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

const SIGNATURES: readonly Signature[] = [
  { type: 'image/png', at: 0, bytes: [0x89, ...letters('PNG\r\n'), 0x1a, 0x0a] },
  { type: 'image/jpeg', at: 0, bytes: [0xff, 0xd8, 0xff] },
  { type: 'image/gif', at: 0, bytes: letters('GIF8') },
  { type: 'image/webp', at: 0, bytes: [...letters('RIFF'), ...ANY, ...letters('WEBP')] },
  { type: 'image/avif', at: 4, bytes: letters('ftypavif') },
  { type: 'image/heic', at: 4, bytes: letters('ftyphei') },
  { type: 'audio/wav', at: 0, bytes: [...letters('RIFF'), ...ANY, ...letters('WAVE')] },
  { type: 'audio/mp4', at: 4, bytes: letters('ftypM4A') },
  { type: 'video/quicktime', at: 4, bytes: letters('ftypqt') },
  { type: 'video/mp4', at: 4, bytes: letters('ftyp') },
  { type: 'video/x-matroska', at: 0, bytes: [0x1a, 0x45, 0xdf, 0xa3] },
  { type: 'video/mp2t', at: 0, bytes: [0x47, 0x40, 0x00] },
  { type: 'audio/mpeg', at: 0, bytes: letters('ID3') },
  { type: 'audio/mpeg', at: 0, bytes: [0xff, 0xfb] },
  { type: 'audio/ogg', at: 0, bytes: letters('OggS') },
  { type: 'audio/flac', at: 0, bytes: letters('fLaC') },
  { type: 'application/pdf', at: 0, bytes: letters('%PDF-') },
  { type: 'application/zip', at: 0, bytes: [...letters('PK'), 3, 4] },
  { type: 'application/gzip', at: 0, bytes: [0x1f, 0x8b] },
  { type: 'application/zstd', at: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { type: 'application/x-xz', at: 0, bytes: [0xfd, ...letters('7zXZ')] },
  { type: 'application/x-7z-compressed', at: 0, bytes: [...letters('7z'), 0xbc, 0xaf, 0x27, 0x1c] },
];

/** How many bytes of a file are inspected. */
export const SNIFF_BYTES = 512;

/** The longest UTF-8 sequence: the inspected bytes may end inside one. */
const LETTER_BYTES_MAX = 4;
const CONTROL = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/;

/** `first`: the first bytes of the file, or all if it is shorter. */
export function contentType(first: Uint8Array): string {
  const known = SIGNATURES.find(({ at, bytes }) => bytes.every((byte, k) => byte === null || byte === first[at + k]));
  if (known) return known.type;
  return isText(first) ? 'text/plain' : 'application/octet-stream';
}

function isText(bytes: Uint8Array): boolean {
  const cuts = bytes.length < SNIFF_BYTES ? [0] : Array.from({ length: LETTER_BYTES_MAX }, (_, k) => k);
  const text = cuts.map((cut) => textOf(viewOf(bytes, 0, bytes.length - cut))).find((read) => read !== null);
  return text !== undefined && text !== null && !CONTROL.test(text);
}
