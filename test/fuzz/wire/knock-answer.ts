// Answers the knock of a client that dials an identity of the fuzzer.

import type { TLSSocket } from 'node:tls';
import { ListenerKnock, type ListenerKnockInput } from '../../../protocols/kit/knock/listener-knock.js';
import type { KnockAnswerFrame } from '../../../protocols/kit/knock/knock-proof.js';
import { primitives } from '../../../runtime/crypto.js';
import { openLetter } from '../../../runtime/letter-encryption.js';
import { readFirstFrame } from '../../../runtime/link/first-frame.js';
import { knockExporter } from '../../../runtime/link/tls-options.js';
import type { TestIdentity } from './test-identity.js';

/** The valid answer to the knock that comes. Never resolves if the caller knocks at another device, or not at all. */
export function answerTo(socket: TLSSocket, { device, exchange }: TestIdentity): Promise<KnockAnswerFrame> {
  const knock = new ListenerKnock({ exporter: knockExporter(socket), device, primitives });
  return new Promise((resolve) => {
    const handle = async (input: ListenerKnockInput): Promise<void> => {
      for (const effect of knock.handle(input)) {
        if (effect.type === 'answer') resolve(effect.frame);
        else if (effect.type === 'judge') await handle({ type: 'judged', mayKnow: true });
        else await handle({ type: 'unsealed', plain: await openLetter(exchange, effect.sealed, effect.info) });
      }
    };
    readFirstFrame(socket, (text) => void handle({ type: 'frame', text }));
  });
}
