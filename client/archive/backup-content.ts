// The table of contents at the start of a backup: the user, the time, and the files that follow.

import { Type, type Static } from '../../protocols/kit/packages/typebox.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { compileShape, exactly, NameText, Time } from '../../protocols/kit/shapes.js';

/** The files of a backup, in this order. */
export const BACKUP_FILES = ['identity.json', 'client.db'] as const;

const Amount = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Bytes = Type.Integer({ minimum: 1, maximum: LIMITS.backupFileBytes });
const file = <N extends (typeof BACKUP_FILES)[number]>(name: N) => exactly({ name: Type.Literal(name), bytes: Bytes });

const Content = exactly({
  version: Type.Literal(1),
  /** The version of the program. */
  madeBy: Type.String({ maxLength: 40 }),
  user: NameText,
  at: Time,
  messages: Amount,
  friends: Amount,
  files: Type.Tuple([file('identity.json'), file('client.db')]),
});

export type BackupContent = Static<typeof Content>;

export const BackupContentShape = compileShape(Content);
