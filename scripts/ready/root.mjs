// Where the project is, whatever directory the command was given in.

import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = realpathSync(fileURLToPath(new URL('../..', import.meta.url)));

export function inRoot(...parts) {
  return join(ROOT, ...parts);
}
