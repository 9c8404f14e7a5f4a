// The local socket by which `nameserver peers` and the like reach a server that runs: one order a line, one answer.

import { Type } from '../../protocols/kit/packages/typebox.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { compileShape, exactly } from '../../protocols/kit/shapes.js';
import type { LineConnection, LineListener } from '../../runtime/net/line-listener.js';
import { askLocal, listenLocal } from '../../runtime/net/local-socket.js';
import { Trouble } from '../../runtime/trouble.js';
import type { PeerCommandResult, PeerAdministration } from './peer-administration.js';
import { peerCommandShape, type PeerCommand } from './peer-command.js';

const NAME = 'control.sock';
const NOT_UNDERSTOOD: PeerCommandResult = { ok: false, lines: ['That order was not understood.'] };

const answerShape = compileShape(exactly({ ok: Type.Boolean(), lines: Type.Array(Type.String()) }));

/** Throws Trouble. Whoever may write into the directory may give orders. */
export function listenControlSocket(directory: string, desk: PeerAdministration): Promise<LineListener> {
  return listenLocal({ directory, name: NAME }, (line) => serve(line, desk));
}

function serve(line: LineConnection, desk: PeerAdministration): void {
  const say = (answer: PeerCommandResult): void => {
    line.write(Buffer.from(`${JSON.stringify(answer)}\n`));
    line.close();
  };
  line.start({
    onLine: (text) => {
      const order = text === null ? undefined : parseJson(text);
      if (!peerCommandShape.accepts(order)) return say(NOT_UNDERSTOOD);
      void desk.carryOut(order).then(say);
    },
    onClosed: () => undefined,
  });
}

/** Asks the server that runs on this directory. Throws Trouble where there is none. */
export async function askRunningServer(directory: string, order: PeerCommand): Promise<PeerCommandResult> {
  const place = { directory, name: NAME };
  const text = await askLocal(place, JSON.stringify(order), LIMITS.controlAnswerMs);
  const answer = text === null ? undefined : parseJson(text);
  if (answerShape.accepts(answer)) return answer;
  throw new Trouble(`No name server answers for ${directory}. Start one, or name its directory with --data.`);
}
