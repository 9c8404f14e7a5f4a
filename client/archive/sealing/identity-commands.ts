// Locks and unlocks the identity key: while it is locked, a thief of this computer cannot make a record in its user's
// name, and neither can the user.

import type { Answers } from '../../../protocols/control/answer.js';
import type { ArchiveCommand } from '../../../protocols/control/commands/archive.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../../protocols/kit/refusals.js';
import { FileReader } from '../../../runtime/disk/file-reader.js';
import { openIdentity, unlockIdentityFile } from '../../../runtime/disk/identity-file.js';
import { isLocked, readLockedIdentity, writeLockedIdentity } from '../../../runtime/disk/locked-identity.js';
import { writeNewFile } from '../../../runtime/disk/new-file.js';
import type { ArchiveContext } from '../archive-context.js';
import { openIdentityKey, sealIdentity } from './sealed-identity.js';

type CommandOf<T extends ArchiveCommand['type']> = Extract<ArchiveCommand, { type: T }>;

/** Whether and where the secret half of the key can be used. */
export function identityState({ data }: ArchiveContext): Answers['identity'] {
  const { publicKey: key } = openIdentity(data).identity;
  const locked = readLockedIdentity(data);
  return { key, state: locked === null ? 'unlocked' : locked.sealed === null ? 'elsewhere' : 'locked' };
}

/** Leaves the key on this computer, sealed under the passphrase. */
export async function lockIdentity(
  context: ArchiveContext,
  { passphrase }: CommandOf<'identity_lock'>,
): Promise<Outcome<Answers['identity_lock']>> {
  const sealed = await sealedKey(context, passphrase);
  if (sealed instanceof Refusal) return sealed;
  writeLockedIdentity(context.data, { ...openIdentity(context.data), sealed });
  return identityState(context);
}

/** Moves the key to a file, sealed under the passphrase. This computer keeps no copy. */
export async function exportIdentity(
  context: ArchiveContext,
  { file, passphrase }: CommandOf<'identity_export'>,
): Promise<Outcome<Answers['identity_export']>> {
  const sealed = await sealedKey(context, passphrase);
  if (sealed instanceof Refusal) return sealed;
  if ((await writeNewFile(file, pieces(sealed))) === 'exists') return new Refusal('FILE_EXISTS', file);
  // Read back before the only other copy goes: a disk may take the bytes and not give them back.
  await openIdentityKey(await contentOf(file), passphrase);
  writeLockedIdentity(context.data, { ...openIdentity(context.data), sealed: null });
  return { ...identityState(context), path: file };
}

/** `file`: null for the key that lies on this computer. */
export async function unlockIdentity(
  context: ArchiveContext,
  { file, passphrase }: CommandOf<'identity_unlock'>,
): Promise<Outcome<Answers['identity_unlock']>> {
  const locked = readLockedIdentity(context.data);
  if (locked === null) return new Refusal('IDENTITY_UNLOCKED');
  const sealed = file === null ? locked.sealed : await contentOf(file);
  if (sealed === null) return new Refusal('IDENTITY_ELSEWHERE');
  const identity = await openIdentityKey(sealed, passphrase);
  if (identity.publicKey !== locked.identity.publicKey) return new Refusal('IDENTITY_OTHER', file ?? context.data);
  unlockIdentityFile(context.data, { ...locked, identity });
  return identityState(context);
}

async function sealedKey({ data, user, cost }: ArchiveContext, passphrase: string): Promise<Outcome<Uint8Array>> {
  const { identity } = openIdentity(data);
  return isLocked(identity) ? new Refusal('IDENTITY_LOCKED', user) : sealIdentity(identity, passphrase, cost);
}

async function contentOf(path: string): Promise<Uint8Array> {
  const reader = await FileReader.open(path);
  return reader.take(LIMITS.sealedIdentityBytes).finally(() => reader.close());
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
