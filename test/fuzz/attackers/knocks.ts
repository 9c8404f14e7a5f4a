// Attacks on the knock: malformed frames, valid seals over malformed content, and valid knocks of strangers, each
// followed by bytes that no caller may send.

import type { TLSSocket } from 'node:tls';
import { encodeFrame } from '../../../protocols/kit/frames.js';
import { DiallerKnock } from '../../../protocols/kit/knock/dialler-knock.js';
import type { KnockFrame } from '../../../protocols/kit/knock/knock-proof.js';
import { primitives } from '../../../runtime/crypto.js';
import { sealLetter } from '../../../runtime/letter-encryption.js';
import { knockExporter } from '../../../runtime/link/tls-options.js';
import type { Random } from '../../sim/kernel/random.js';
import type { FuzzTestbed } from '../fuzz-testbed.js';
import { mutatedText } from '../mutation/json.js';
import { helloOf, LINK_TERMS, POSTS_TERMS, type ListeningClient } from '../wire/friend-link.js';
import { sendTls } from '../wire/send-bytes.js';
import type { TestIdentity } from '../wire/test-identity.js';
import type { Attacker } from './attacker.js';
import { wrongFrame } from './links.js';

export function knockAttacker({ listener, stranger, linkFriend }: FuzzTestbed): Attacker {
  return {
    name: 'knocks',
    attack: async (random) => {
      const caller = random.pick([stranger, linkFriend]);
      const terms = random.pick([LINK_TERMS, POSTS_TERMS]);
      const knock = (socket: TLSSocket): Promise<boolean> => sendKnock(socket, random, { caller, listener });
      const after = random.chance(0.5) ? [wrongFrame(helloOf(caller), random)] : [];
      await sendTls(listener.port, terms, after, knock);
      return true;
    },
  };
}

async function sendKnock(
  socket: TLSSocket,
  random: Random,
  { caller, listener }: { caller: TestIdentity; listener: ListeningClient },
): Promise<boolean> {
  const exporter = knockExporter(socket);
  const knock = new DiallerKnock({ ...caller, exporter, listener: listener.keys, primitives });
  const { exchange, plain, info } = knock.toSeal();
  const content = random.chance(0.5) ? mutatedText(JSON.parse(plain) as object, random) : plain;
  const sealed = await sealLetter(exchange, content, random.chance(0.1) ? 'another purpose' : info);
  const frame: KnockFrame = { type: 'knock', sealed: sealed ?? '' };
  if (socket.destroyed) return false;
  socket.write(random.chance(0.4) ? wrongFrame(frame, random) : encodeFrame(JSON.stringify(frame)));
  return true;
}
