// One session with a room server: sends lines, prints datagrams, and sends `/quit` at the end of input or at Ctrl+C.

import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { textOf, utf8 } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { sanitize } from '../../protocols/kit/sanitize.js';
import { wrappedLine } from '../../protocols/kit/text/wrapped-line.js';
import type { Endpoint } from '../../runtime/net/endpoint.js';
import { bindRoomSocket, resolveEndpoint } from '../../runtime/net/room-socket.js';

/** The server gives a code; returning it shows that this client receives [ROOM-14]. Chat never starts with `+OK`. */
const CODE_GIVEN = /^\+OK (?:Send|To receive every line, send): \/confirm (\S+)$/;
const CONFIRMED = '+OK You receive every line now';

export interface ChatTerminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  once(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', end: () => void): unknown;
}

/** Returns when the session is over. Throws OperationalError if the name of the server cannot be resolved. */
export async function runChatClient(address: Endpoint, terminal: ChatTerminal): Promise<void> {
  const server = await resolveEndpoint(address);
  const from = `${server.host}:${server.port}`;
  const socket = await bindRoomSocket({
    host: server.host.includes(':') ? '::' : '0.0.0.0',
    port: 0,
    onDatagram: (sender, bytes) => {
      if (sender === from) receive(textOf(bytes) ?? '', displayText(bytes, terminal.stdout));
    },
  });
  const receive = (line: string, shown: string): void => {
    const [, code] = CODE_GIVEN.exec(line) ?? [];
    if (code !== undefined) socket.send(server, utf8(`/confirm ${code}`));
    else if (line !== CONFIRMED) terminal.stdout.write(`${shown}\n`);
  };
  socket.send(server, utf8('/confirm'));
  await sendLines(terminal, (line) => socket.send(server, utf8(line)));
  socket.send(server, utf8('/quit'));
  await socket.close();
}

/** Rows below the first one of a line start here, so that they do not look like lines of others. */
const INDENT = 8;

function displayText(bytes: Uint8Array, { isTTY, columns }: ChatTerminal['stdout']): string {
  const line = sanitize(textOf(bytes) ?? '(not UTF-8)');
  return isTTY ? wrappedLine(line, { columns, indent: INDENT }).join('\n') : line;
}

/** Sends every line until input ends, `/quit` is typed, or a signal arrives. */
async function sendLines(terminal: ChatTerminal, send: (line: string) => void): Promise<void> {
  const lines = createInterface({ input: terminal.stdin });
  let isOver = false;
  const end = (): void => {
    isOver = true;
    lines.close();
  };
  terminal.once('SIGINT', end);
  terminal.once('SIGTERM', end);
  terminal.once('SIGHUP', end);
  lines.on('line', (line) => {
    if (line.trim() === '/quit') end();
    else if (!isOver && line !== '') send(line);
  });
  await new Promise<void>((resolve) => lines.once('close', resolve));
  // A pipe ends right after its last line; the answers are still on their way.
  if (!isOver && !terminal.stdin.isTTY) await pause(LIMITS.roomPipeDrainMs);
}
