// Attacks on a client that dials: a friend offers an address, and the server there sends malformed answers.

import { createServer, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { encodeFrame } from '../../../protocols/kit/frames.js';
import type { WelcomeFrame } from '../../../protocols/links/messages.js';
import { LINK_PROTOCOL, namelessTlsOptions } from '../../../runtime/link/tls-options.js';
import { ReceivedQueue } from '../../e2e/testbed/received-queue.js';
import type { Random } from '../../sim/kernel/random.js';
import { letterTo, type FuzzTestbed } from '../fuzz-testbed.js';
import { answerTo } from '../wire/knock-answer.js';
import { SessionPeer } from '../wire/session-peer.js';
import { hasReached, type Attacker } from './attacker.js';
import { frameOf, wrongFrame } from './links.js';

const DIALLED_MS = 2_000;

export async function dialAttacker(fuzz: FuzzTestbed): Promise<Attacker> {
  const { testbed, dialledFriend, target } = fuzz;
  const callers = new ReceivedQueue<KnockedCall>('the host', () => '');
  const server = createServer({ ...namelessTlsOptions(), ALPNProtocols: [LINK_PROTOCOL] }, (socket) => {
    socket.on('error', () => undefined); // 'close' follows
    void answerTo(socket, dialledFriend).then((answer) => callers.put({ socket, answer }));
  });
  server.on('tlsClientError', () => undefined); // another dial of the same race won
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoints = [{ host: '127.0.0.1', port }];
  const offer = { kind: 'offer', body: { nonce: 'A'.repeat(43), endpoints } } as const;

  const invite = async (random: Random): Promise<void> => {
    const session = await SessionPeer.openAs(dialledFriend, testbed.server.address);
    session.say(JSON.stringify({ ...(await letterTo(dialledFriend, target, offer)), fleeting: true }));
    const caller = await callers.take('a call', () => true, DIALLED_MS).finally(() => session.close());
    await receive(caller, fuzz, random);
  };
  return {
    name: 'TLS, dialled',
    attack: (random) => hasReached(invite(random)),
    close: async () => void server.close(),
  };
}

/** A caller, and the frame that proves our device to it. */
interface KnockedCall {
  readonly socket: TLSSocket;
  readonly answer: object;
}

async function receive(
  { socket: caller, answer }: KnockedCall,
  { dialledFriend, target }: FuzzTestbed,
  random: Random,
): Promise<void> {
  const welcome: WelcomeFrame = {
    type: 'welcome',
    version: 1,
    record: dialledFriend.record,
    port: 1,
    seen: null,
    heard: null,
    features: [],
  };
  const isWelcoming = random.chance(0.5);
  caller.write(random.chance(0.8) ? encodeFrame(JSON.stringify(answer)) : wrongFrame(answer, random));
  caller.write(isWelcoming ? encodeFrame(JSON.stringify(welcome)) : wrongFrame(welcome, random));
  for (let k = random.whole(0, 4); k > 0; k -= 1)
    caller.write(wrongFrame(frameOf(dialledFriend, target, random), random));
  caller.end();
  caller.resume();
  const bound = setTimeout(() => caller.destroy(), DIALLED_MS);
  await once(caller, 'close').finally(() => clearTimeout(bound));
}
