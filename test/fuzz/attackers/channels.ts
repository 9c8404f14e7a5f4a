// Attacks on channels: by clients before and after a valid entry, and by a malicious peer.

import { makeSigningKey } from '../../../runtime/crypto.js';
import { makeCertificate } from '../../../runtime/link/certificate.js';
import { MUTUAL_TLS, PEER_PROTOCOL, tlsOptions } from '../../../runtime/link/tls-options.js';
import { HostilePeer, signMessage } from '../../channels/hostile-peer.js';
import { TestClient } from '../../channels/test-client.js';
import type { Random } from '../../sim/kernel/random.js';
import type { FuzzTestbed } from '../fuzz-testbed.js';
import { randomBytes } from '../mutation/bytes.js';
import { mutatedText } from '../mutation/json.js';
import { sendTcp, sendTls } from '../wire/send-bytes.js';
import { wrongFrame } from './links.js';
import { hasReached, type Attacker } from './attacker.js';

/** Joined after a malformed frame: the answer shows that the frame was processed. */
const LAST_CHANNEL = 'last';
const HELLO = { type: 'hello', versions: [2], features: [], address: null };

/** Bytes and frames from clients that have not entered. */
export function channelStrangerAttacker({ testbed }: FuzzTestbed): Attacker {
  const { tcpPort } = testbed.server;
  return {
    name: 'channels, unproven',
    attack: async (random) => {
      const enter = { type: 'enter', card: signMessage('lab', 'x'), entry: signMessage('lab', 'y') };
      const lines = Array.from({ length: random.whole(1, 4) }, () => lineOf(enter, random));
      await sendTcp(tcpPort, lines);
      return true;
    },
  };
}

/** Malformed frames from clients that have entered. */
export function channelClientAttacker({ testbed }: FuzzTestbed): Attacker {
  const { port, tcpPort } = testbed.server;
  return {
    name: 'channels, inside',
    attack: (random) =>
      hasReached(
        (async () => {
          const name = `fuzz${random.whole(0, 9)}`;
          const client = random.chance(0.5) ? TestClient.bySocket(name, port) : TestClient.byLines(name, tcpPort, port);
          await client.enter('lab');
          for (let k = random.whole(1, 6); k > 0; k -= 1) client.say('lab', `number ${k}`);
          const said = { type: 'say', kind: 'channel', said: signMessage('lab', 'made wrong') };
          const valid = random.pick([said, { type: 'join', channel: 'lab' }, { type: 'part', channel: 'lab' }]);
          client.sendText(mutatedText(valid, random));
          client.send({ type: 'join', channel: LAST_CHANNEL });
          await client.take('joined', ({ channel }) => channel === LAST_CHANNEL).catch(() => undefined); // or closed
          client.leave();
        })(),
      ),
  };
}

/** Links from unknown servers whose first frame is wrong. */
export function peerStrangerAttacker({ testbed }: FuzzTestbed): Attacker {
  return {
    name: 'peers, unproven',
    attack: async (random) => {
      const certificate = makeCertificate(makeSigningKey());
      const terms = { ...tlsOptions(certificate), ...MUTUAL_TLS, ALPNProtocols: [PEER_PROTOCOL] };
      await sendTls(testbed.server.peerPort, terms, [wrongFrame(HELLO, random)]);
      return true;
    },
  };
}

/** Malformed frames of each type, after a completed handshake. */
export function peerAttacker({ testbed }: FuzzTestbed): Attacker {
  return {
    name: 'peers, linked',
    attack: (random) =>
      hasReached(
        (async () => {
          const peer = await HostilePeer.link(testbed.server.peerPort);
          for (let k = random.whole(1, 6); k > 0; k -= 1)
            peer.send(peer.enveloped(signMessage('lab', `from afar ${k}`)));
          const relayed = peer.enveloped(signMessage('lab', 'made wrong'));
          const addresses = { type: 'addresses', addresses: [signMessage('lab', 'no address')] };
          const notice = { type: 'newer_boot', stamp: relayed.stamp };
          const valid = random.pick<object>([relayed, addresses, notice, { type: 'ping' }, { type: 'x-new' }, HELLO]);
          // A link takes no empty frame, and its own end would not send one.
          peer.sendText(mutatedText(valid, random) || ' ');
          await peer.settled();
          peer.leave();
        })(),
      ),
  };
}

function lineOf(valid: object, random: Random): Uint8Array {
  if (random.chance(0.2)) return randomBytes(random);
  return Buffer.from(`${mutatedText(valid, random)}\n`);
}
