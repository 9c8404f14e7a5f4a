// The local socket through which `nameserver peers`, `connect` and `disconnect` reach a running server: one command,
// one answer, each a line of JSON.

import { Type } from '../../protocols/kit/packages/typebox.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { compileShape, exactly } from '../../protocols/kit/shapes.js';
import type { LineConnection, LineListener } from '../../runtime/net/line-listener.js';
import { requestLocal, listenLocal } from '../../runtime/net/local-socket.js';
import { OperationalError } from '../../runtime/operational-error.js';
import type { PeerCommandResult, PeerAdministration } from './peer-administration.js';
import { peerCommandShape, type PeerCommand } from './peer-command.js';

const NAME = 'control.sock';
const NOT_UNDERSTOOD: PeerCommandResult = {
  ok: false,
  lines: ['The server did not understand this command. Use the same version of both programs.'],
};

const answerShape = compileShape(exactly({ ok: Type.Boolean(), lines: Type.Array(Type.String()) }));

/** Throws OperationalError. Only the owner of the directory can open the socket. */
export function listenControlSocket(directory: string, administration: PeerAdministration): Promise<LineListener> {
  return listenLocal({ directory, name: NAME }, (line) => serve(line, administration));
}

function serve(line: LineConnection, administration: PeerAdministration): void {
  const reply = (answer: PeerCommandResult): void => {
    line.write(Buffer.from(`${JSON.stringify(answer)}\n`));
    line.close();
  };
  line.start({
    onLine: (text) => {
      const command = text === null ? undefined : parseJson(text);
      if (!peerCommandShape.accepts(command)) return reply(NOT_UNDERSTOOD);
      void administration.run(command).then(reply);
    },
    onClosed: () => undefined,
  });
}

/** Sends a command to the server that runs on this directory. Throws OperationalError if none does. */
export async function askRunningServer(directory: string, command: PeerCommand): Promise<PeerCommandResult> {
  const place = { directory, name: NAME };
  const text = await requestLocal(place, JSON.stringify(command), LIMITS.controlAnswerMs);
  const answer = text === null ? undefined : parseJson(text);
  if (answerShape.accepts(answer)) return answer;
  throw new OperationalError(
    `No name server is running for ${directory}. Start it, or give the directory of a running one with --data.`,
  );
}
