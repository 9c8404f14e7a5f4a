// Runs one session with a room server: sends lines, prints datagrams, and sends `/quit` at the end of input or at
// Ctrl+C. Trouble is one line on stderr and an exit code that is not 0.

import { createInterface } from 'node:readline';
import { textOf, utf8 } from '../../protocols/kit/bytes.js';
import { isWildcard } from '../../protocols/kit/bounds/ip-address.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { sanitize } from '../../protocols/kit/sanitize.js';
import { wrappedLine } from '../../protocols/kit/text/wrapped-line.js';
import { connectDatagrams, type DatagramConnection } from '../../runtime/net/server-connection/datagram-connection.js';
import { endpointText, type Endpoint } from '../../runtime/net/endpoint.js';
import { resolveEndpoint } from '../../runtime/net/room-socket.js';
import { explainError } from '../../runtime/operational-error.js';
import { EXIT, type ExitCode } from '../../runtime/process/exit.js';
import { RoomSession } from './room-session.js';

export interface ChatTerminal {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns' | 'writableLength'>;
  readonly stderr: Pick<NodeJS.WriteStream, 'write'>;
  once(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', end: () => void): unknown;
}

const UNREAD = 'The output is not read: too much of it waits. The room client ends. Read the output, then start again.';

/** Returns the exit code when the session is over. Throws OperationalError if the server cannot be addressed. */
export async function runChatClient(address: Endpoint, terminal: ChatTerminal): Promise<ExitCode> {
  const { stdout, stderr } = terminal;
  const server = endpointText(address);
  const ending = new AbortController();
  let isUnread = false;
  const show = (bytes: Uint8Array): void => {
    if (isUnread) return;
    stdout.write(`${displayText(bytes, stdout)}\n`);
    isUnread = stdout.writableLength > LIMITS.outputWaitingBytes;
    if (!isUnread) return;
    stderr.write(`${UNREAD}\n`);
    ending.abort();
  };
  let socket: DatagramConnection | null = null;
  const session = new RoomSession({
    ...{ server, show },
    send: (bytes) => socket?.send(bytes),
    tell: (line) => void stderr.write(`${line}\n`),
    onDead: () => ending.abort(),
  });
  socket = await connectDatagrams({
    to: reachable(await resolveEndpoint(address)),
    onDatagram: (bytes) => session.receive(bytes),
    onTrouble: (error) => session.failed(explainError(error, server)),
  });
  await converse(session, terminal, ending);
  socket.send(utf8('/quit'));
  await socket.close();
  return isUnread ? EXIT.usage : session.exitCode;
}

/** Who sends to every address of this computer reaches this computer. */
function reachable({ host, port }: Endpoint): Endpoint {
  if (!isWildcard(host)) return { host, port };
  return { host: host.includes('.') ? '127.0.0.1' : '::1', port };
}

/** Rows below the first one of a line start here, so that they do not look like lines of others. */
const INDENT = 8;

function displayText(bytes: Uint8Array, { isTTY, columns }: ChatTerminal['stdout']): string {
  const line = sanitize((textOf(bytes) ?? '(not UTF-8)').replace(/\n$/, ''));
  return isTTY ? wrappedLine(line, { columns, indent: INDENT }).join('\n') : line;
}

/** Sends every line until input ends, `/quit` is typed, a signal arrives, or the server turns out not to be there. */
async function converse(session: RoomSession, terminal: ChatTerminal, ending: AbortController): Promise<void> {
  session.ask();
  const asking = setInterval(() => session.ask(), LIMITS.roomAskMs);
  const missing = setTimeout(() => session.missed(), LIMITS.roomAnswerMs);
  try {
    const isOver = await sendLines(terminal, (line) => session.sendLine(line), ending);
    // A pipe ends right after its last line; the answers are still on their way.
    if (isOver || terminal.stdin.isTTY) return;
    await pause(LIMITS.roomPipeDrainMs, ending.signal);
    if (!session.hasAnswer) await pause(LIMITS.roomAnswerMs, ending.signal);
  } finally {
    clearInterval(asking);
    clearTimeout(missing);
  }
}

/** True if the user, a signal or trouble ended the session, and not the end of input. */
async function sendLines(
  terminal: ChatTerminal,
  send: (line: string) => void,
  ending: AbortController,
): Promise<boolean> {
  const lines = createInterface({ input: terminal.stdin });
  const { signal } = ending;
  const end = (): void => ending.abort();
  terminal.once('SIGINT', end);
  terminal.once('SIGTERM', end);
  terminal.once('SIGHUP', end);
  signal.addEventListener('abort', () => lines.close());
  if (signal.aborted) return true;
  lines.on('line', (line) => {
    if (line.trim() === '/quit') end();
    else if (!signal.aborted && line !== '') send(line);
  });
  await new Promise<void>((resolve) => lines.once('close', resolve));
  return signal.aborted;
}

/** Ends earlier if the session does. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const early = (): void => {
      clearTimeout(timer);
      resolve();
    };
    if (signal.aborted) early();
    else signal.addEventListener('abort', early, { once: true });
  });
}
