// `npm start`: with a terminal, a name server if none runs and a client for you; without one, a conversation that
// proves it all works.

import { errorLines, EXIT } from '../runtime/process/exit.js';
import { openClient } from './open-client.js';
import { runDemo } from './demo.js';

const hasPerson = process.stdin.isTTY && !process.env['CI'];

try {
  process.exitCode = await (hasPerson ? openClient(process.argv.slice(2)) : runDemo());
} catch (error) {
  process.stderr.write(`${errorLines(error)}\n`);
  process.exitCode = EXIT.usage;
}
