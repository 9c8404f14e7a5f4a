// A sealed letter as text (SPEC.md): the letter key, the device and identity key of the writer, then the HPKE bytes.

/** Characters of a key of 32 bytes in base64url. */
const KEY_CHARS = 43;
const HEADER_CHARS = 3 * KEY_CHARS;

/** Device and identity key of a user. */
export interface LetterParty {
  readonly device: string;
  readonly identity: string;
}

/** `key`: the letter key to which `sealed` was sealed. `writer`: claimed, until the letter was opened and verified. */
export interface SealedLetter {
  readonly key: string;
  readonly writer: LetterParty;
  readonly sealed: string;
}

export function sealedLetterText({ key, writer, sealed }: SealedLetter): string {
  return key + writer.device + writer.identity + sealed;
}

/** The parts of the text, or null if it is too short. */
export function readSealedLetter(text: string): SealedLetter | null {
  if (text.length <= HEADER_CHARS) return null;
  const part = (at: number): string => text.slice(at * KEY_CHARS, (at + 1) * KEY_CHARS);
  return { key: part(0), writer: { device: part(1), identity: part(2) }, sealed: text.slice(HEADER_CHARS) };
}

/**
 * The HPKE `info` (SPEC LETTER-15): a letter opens only between these devices of these users, with this letter key, and
 * nothing that was sealed for another purpose opens as a letter.
 */
export function letterInfo(key: string, writer: LetterParty, reader: LetterParty): string {
  return JSON.stringify(['kith/letter/2', key, writer.identity, writer.device, reader.identity, reader.device]);
}
