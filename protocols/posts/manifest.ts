// Manifests of posts and their removals (SPEC.md): signed by the author's device, verified by readers.

import { Type, type Static } from '../kit/packages/typebox.js';
import { byteLength, parseJson, toBase64url, utf8 } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';
import type { Primitives } from '../kit/primitives.js';
import { compileShape, exactly, HashText, IdText, KeyText, NameText, Time } from '../kit/shapes.js';
import { openSigned, type Signed } from '../kit/signed.js';

/** A media type without parameters. */
const MediaType = Type.String({ pattern: '^[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}$' });
/** Never used as a path: file-name.ts makes it safe first. */
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

/** The user and current device that must have signed a change. */
export interface Author {
  readonly user: string;
  readonly device: string;
}

/** The change in a signed object, or null if this author's device did not sign one. */
export function openChange(signed: Signed, author: Author, primitives: Primitives): CatalogueChange | null {
  const claimed = parseJson(signed.payload);
  const change = manifestShape.accepts(claimed)
    ? openManifest(signed, author, primitives)
    : openRemoval(signed, author, primitives);
  const signedBy = change?.type === 'posted' ? change.manifest : change?.removal;
  return signedBy?.author === author.user && signedBy.device === author.device ? change : null;
}

function openManifest(signed: Signed, { device }: Author, primitives: Primitives): CatalogueChange | null {
  const manifest = openSigned('post', signed, { key: device, shape: manifestShape, primitives });
  return manifest !== null && isTextConsistent(manifest, primitives) ? { type: 'posted', manifest } : null;
}

function openRemoval(signed: Signed, { device }: Author, primitives: Primitives): CatalogueChange | null {
  const removal = openSigned('post_removal', signed, { key: device, shape: removalShape, primitives });
  return removal && { type: 'removed', removal };
}

/** True iff the text matches size and hash (SPEC POST-7). */
function isTextConsistent({ text, size, sha256 }: Manifest, primitives: Primitives): boolean {
  if (text === undefined) return true;
  return byteLength(text) <= LIMITS.postTextBytes && size === byteLength(text) && sha256 === textHash(text, primitives);
}

/** SHA-256 of a text, base64url. */
export function textHash(text: string, primitives: Primitives): string {
  return toBase64url(primitives.sha256(utf8(text)));
}

/** SQLite does not preserve a lone surrogate. */
const LONE_SURROGATE = /\p{Surrogate}/gu;
const FORBIDDEN_IN_NAME = /[/\\\u0000-\u001f\u007f-\u009f]/g;

/** A file name for a manifest: without separators and control characters, and cut to the limit. */
export function manifestName(name: string): string {
  return [...name.replace(FORBIDDEN_IN_NAME, '_').replace(LONE_SURROGATE, '\ufffd')]
    .slice(0, LIMITS.postNameCharacters / 2)
    .join('');
}

/** A title for a manifest, cut to the limit. */
export function manifestTitle(title: string): string {
  return [...title.replace(LONE_SURROGATE, '\ufffd')].slice(0, LIMITS.postTitleCharacters / 2).join('');
}
