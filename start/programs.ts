// The paths of the programs that start/ runs as child processes.

import { fileURLToPath } from 'node:url';

export const NAME_SERVER = fileURLToPath(new URL('../nameserver/main.js', import.meta.url));
export const CLIENT = fileURLToPath(new URL('../client/main.js', import.meta.url));
