// `npm start`: with a terminal, runs a client, and a name server if none runs. Without one, runs a demo that shows that
// everything works.

import { errorLines, EXIT } from '../runtime/process/exit.js';
import { openClient } from './open-client.js';
import { runDemo } from './demo.js';

const isInteractive = process.stdin.isTTY && !process.env['CI'];

try {
  process.exitCode = await (isInteractive ? openClient(process.argv.slice(2)) : runDemo());
} catch (error) {
  process.stderr.write(`${errorLines(error)}\n`);
  process.exitCode = EXIT.usage;
}
