// What the registry knows about the device that proves itself in a session.

import type { Primitives } from '../../protocols/kit/primitives.js';
import type { ServerProof } from '../../protocols/kit/server-proof/messages.js';
import type { ProofContext } from '../../protocols/session/handshake.js';
import type { RegistryStore, StoredDevice } from '../store/registry-store.js';

export interface ProofContextOptions {
  readonly store: Pick<RegistryStore, 'devices'>;
  readonly primitives: Primitives;
}

export function proofContext(offer: ServerProof, { store, primitives }: ProofContextOptions): ProofContext {
  const activeDevices = (name: string): StoredDevice[] =>
    store.devices(name).filter(({ retiredAt }) => retiredAt === null);
  return {
    ...{ offer, primitives },
    // A record in force lists at least one device, so a user without devices is not registered.
    devicesOf: (name) => {
      const keys = activeDevices(name).map(({ device }) => device);
      return keys.length === 0 ? null : keys;
    },
    bootOf: (name, device) => activeDevices(name).find((known) => known.device === device)?.boot ?? 0,
  };
}
