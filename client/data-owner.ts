// A data directory belongs to one user: the user whose record is in its store.

import { recordShape } from '../protocols/directory/record.js';
import { parseJson } from '../protocols/kit/bytes.js';
import { compileShape } from '../protocols/kit/shapes.js';
import { Signed } from '../protocols/kit/signed.js';
import { OperationalError } from '../runtime/operational-error.js';
import type { ClientConfig } from './config.js';
import type { TransactionalStore } from './engine/core/store.js';

const signedShape = compileShape(Signed);

type Settings = Pick<TransactionalStore, 'setting'>;

/** Throws an OperationalError if the directory belongs to another user. */
export function assertOwner(store: Settings, { data, user }: Pick<ClientConfig, 'data' | 'user'>): void {
  const owner = ownerOf(store);
  if (owner === null || owner === user) return;
  throw new OperationalError(
    `${data} belongs to ${owner}. Start with --user ${owner}, or choose another directory with --data.`,
  );
}

/** Null for a new directory. */
function ownerOf(store: Settings): string | null {
  const signed = parseJson(store.setting('record') ?? '');
  const record = signedShape.accepts(signed) ? parseJson(signed.payload) : null;
  return recordShape.accepts(record) ? record.name : null;
}
