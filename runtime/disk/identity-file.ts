// Who we are, kept in the data directory: the three keys of a user's device, or the one key of a name server.

import { copyFileSync, constants } from 'node:fs';
import { join } from 'node:path';
import { makeExchangeKey, makeSigningKey, type SigningKey } from '../crypto.js';
import { readKeyFile, writeKeyFile, type Keys } from './key-file.js';

const DEVICE_KEYS = { identity: 'ed25519', device: 'ed25519', exchange: 'x25519' } as const;
const SERVER_KEYS = { server: 'ed25519' } as const;

/** `identity` signs records only; `device` is our certificate and signature; `exchange` opens letters (PROTOCOLS 1). */
export type Identity = Keys<typeof DEVICE_KEYS>;

/** The identity kept in `identity.json`, made at the first call. Throws Trouble. */
export function openIdentity(directory: string): Identity {
  const path = join(directory, 'identity.json');
  const make = () => ({ identity: makeSigningKey(), device: makeSigningKey(), exchange: makeExchangeKey() });
  return readKeyFile(path, DEVICE_KEYS) ?? written(path, make());
}

/** Puts a copy of `identity.json` into another directory that has none, as it stands. Throws the host's error. */
export function copyIdentity(from: string, to: string): void {
  copyFileSync(join(from, 'identity.json'), join(to, 'identity.json'), constants.COPYFILE_EXCL);
}

/** The name server's key kept in `server.json`, made at the first call. Throws Trouble. */
export function openServerKey(directory: string): SigningKey {
  const path = join(directory, 'server.json');
  return (readKeyFile(path, SERVER_KEYS) ?? written(path, { server: makeSigningKey() })).server;
}

/** Keys are used only once they are on the disk: what the world has seen must not be lost. */
function written<K extends Parameters<typeof writeKeyFile>[1]>(path: string, keys: K): K {
  writeKeyFile(path, keys);
  return keys;
}
