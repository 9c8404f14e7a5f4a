// Sanitizes text from other people, so that it cannot move the cursor, change colours or reverse the text around it.

/** Controls (C0, C1, DEL), line and paragraph separators, and the bidi and invisible format characters of Unicode. */
export const UNSAFE_CHARACTERS =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

const SHOWN_AS_SPACE = new Set(['\t', '\n', '\r', '\u2028', '\u2029']);

/** One printable line: each line break or tab becomes a space, every other control a visible replacement character. */
export function sanitize(text: string): string {
  return text.replace(UNSAFE_CHARACTERS, (letter) => (SHOWN_AS_SPACE.has(letter) ? ' ' : '\ufffd'));
}
