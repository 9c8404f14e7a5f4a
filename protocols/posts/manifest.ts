// What a post is, as its author signed it, and its removal (SPEC.md): made by the author's device, judged by readers.

import { Type, type Static } from '../kit/packages/typebox.js';
import { byteLength, parseJson, toBase64url, utf8 } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';
import type { Primitives } from '../kit/primitives.js';
import { compileShape, exactly, HashText, IdText, KeyText, NameText, Time } from '../kit/shapes.js';
import { openSigned, type Signed } from '../kit/signed.js';

/** A media type without parameters. */
const MediaType = Type.String({ pattern: '^[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}$' });
/** Shown, and never a path. */
const FileName = Type.String({
  maxLength: LIMITS.postNameCharacters,
  pattern: '^[^/\\\\\\u0000-\\u001f\\u007f-\\u009f]*$',
});

export const Manifest = exactly({
  author: NameText,
  device: KeyText,
  id: IdText,
  sha256: HashText,
  size: Type.Integer({ minimum: 0, maximum: LIMITS.postBytes }),
  type: MediaType,
  title: Type.String({ maxLength: LIMITS.postTitleCharacters }),
  name: FileName,
  at: Time,
  isReshared: Type.Boolean(),
  text: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.postTextBytes })),
});
export type Manifest = Static<typeof Manifest>;
export const manifestShape = compileShape(Manifest);

export const Removal = exactly({ author: NameText, device: KeyText, id: IdText, at: Time });
export type Removal = Static<typeof Removal>;
export const removalShape = compileShape(Removal);

/** One change of a catalogue. */
export type CatalogueChange = { type: 'posted'; manifest: Manifest } | { type: 'removed'; removal: Removal };

/** Who must have signed a change: a user, by their present device. */
export interface Author {
  readonly user: string;
  readonly device: string;
}

/** The change of a signed object, or null where it is none by this author's device. */
export function openChange(signed: Signed, author: Author, primitives: Primitives): CatalogueChange | null {
  const claimed = parseJson(signed.payload);
  const change = manifestShape.accepts(claimed)
    ? openManifest(signed, author, primitives)
    : openRemoval(signed, author, primitives);
  const said = change?.type === 'posted' ? change.manifest : change?.removal;
  return said?.author === author.user && said.device === author.device ? change : null;
}

function openManifest(signed: Signed, { device }: Author, primitives: Primitives): CatalogueChange | null {
  const manifest = openSigned('post', signed, { key: device, shape: manifestShape, primitives });
  return manifest !== null && isTextTrue(manifest, primitives) ? { type: 'posted', manifest } : null;
}

function openRemoval(signed: Signed, { device }: Author, primitives: Primitives): CatalogueChange | null {
  const removal = openSigned('post_removal', signed, { key: device, shape: removalShape, primitives });
  return removal && { type: 'removed', removal };
}

/** What is shown of a text post is what its hash says (SPEC POST-7). */
function isTextTrue({ text, size, sha256 }: Manifest, primitives: Primitives): boolean {
  if (text === undefined) return true;
  return byteLength(text) <= LIMITS.postTextBytes && size === byteLength(text) && sha256 === textHash(text, primitives);
}

/** SHA-256 of a text, base64url. */
export function textHash(text: string, primitives: Primitives): string {
  return toBase64url(primitives.sha256(utf8(text)));
}

/** Half of a letter of two UTF-16 units: a disk gives it back as another one. */
const HALF_LETTER = /\p{Surrogate}/gu;
const NOT_IN_A_NAME = /[/\\\u0000-\u001f\u007f-\u009f]/g;

/** The name of a file as a manifest may carry it: no separator, no control character, not too long. */
export function manifestName(name: string): string {
  return [...name.replace(NOT_IN_A_NAME, '_').replace(HALF_LETTER, '\ufffd')]
    .slice(0, LIMITS.postNameCharacters / 2)
    .join('');
}

/** A title as a manifest may carry it. */
export function manifestTitle(title: string): string {
  return [...title.replace(HALF_LETTER, '\ufffd')].slice(0, LIMITS.postTitleCharacters / 2).join('');
}
