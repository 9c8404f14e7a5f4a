// Places for planted faults: around a machine, around a store, or in the order of commit and effects.

import type { Machine } from '../../../protocols/kit/machine.js';
import type { TransactionalStore } from '../../../client/engine/core/store.js';
import type { Effect, Input } from '../../../client/engine/core/io.js';
import type { ServerEffect, ServerInput } from '../../../nameserver/io.js';
import type { RegistryStore } from '../../../nameserver/store/registry-store.js';

export interface PlantedFaults {
  readonly client?: (machine: Machine<Input, Effect>) => Machine<Input, Effect>;
  readonly clientStore?: (store: TransactionalStore) => TransactionalStore;
  readonly clientPerformsEarly?: boolean;
  /** How many devices of a client before the present one keep their keys, instead of all. */
  readonly retiredDevicesMax?: number;
  readonly server?: (machine: Machine<ServerInput, ServerEffect>) => Machine<ServerInput, ServerEffect>;
  readonly serverStore?: (store: RegistryStore) => RegistryStore;
  readonly serverPerformsEarly?: boolean;
  /** Probability per turn that the name server crashes at an effect, instead of the rate in the fault plan. */
  readonly serverCrashAtTurn?: number;
}
