// Attacks on sessions of the name server: the request, below WebSocket, before the proof of identity, and after it.

import type { Random } from '../../sim/kernel/random.js';
import { letterFrame, type FuzzTestbed } from '../fuzz-testbed.js';
import { mutateBytes, randomBytes } from '../mutation/bytes.js';
import { mutatedText } from '../mutation/json.js';
import { sessionPath } from '../../nameserver/session-offer.js';
import { sendTcp } from '../wire/send-bytes.js';
import { proofOf, SessionPeer } from '../wire/session-peer.js';
import { hasReached, type Attacker } from './attacker.js';

/** Malformed WebSocket frames (RFC 6455): opcodes, lengths, masks, fragments. */
export function webSocketAttacker({ testbed }: FuzzTestbed): Attacker {
  const { port } = testbed.server;
  return {
    name: 'WebSocket',
    attack: async (random) => {
      const frames = Array.from({ length: random.whole(1, 6) }, () => webSocketFrame(random));
      await sendTcp(port, [upgrade(port, random), ...frames]);
      return true;
    },
  };
}

/** Invalid proofs of identity. */
export function handshakeAttacker({ testbed, stranger }: FuzzTestbed): Attacker {
  return {
    name: 'session, unproven',
    attack: (random) =>
      hasReached(
        (async () => {
          const { peer, offer } = await SessionPeer.open(testbed.server.address);
          const valid = { type: 'session', proof: proofOf(stranger, offer) };
          for (let k = random.whole(1, 3); k > 0; k -= 1) peer.say(saidInstead(valid, random));
          await peer.close();
        })(),
      ),
  };
}

/** Malformed frames in an authenticated session. */
export function sessionAttacker({ testbed, stranger, target }: FuzzTestbed): Attacker {
  const valid = (random: Random): object =>
    random.pick([
      { type: 'watch', names: ['alice', 'carol', 'nobody'] },
      { type: 'done', id: 'AAAAAAAAAAAAAAAAAAAAAA' },
      { type: 'pong' },
      letterFrame(target, Buffer.from(random.bytes(400)).toString('base64url')),
      { ...letterFrame(target, 'AAAA'), fleeting: true },
    ]);
  return {
    name: 'session, proven',
    attack: (random) =>
      hasReached(
        (async () => {
          const peer = await SessionPeer.openAs(stranger, testbed.server.address);
          for (let k = random.whole(1, 5); k > 0; k -= 1) peer.say(JSON.stringify(valid(random)));
          for (let k = random.whole(1, 3); k > 0; k -= 1) peer.say(saidInstead(valid(random), random));
          await peer.close();
        })(),
      ),
  };
}

function saidInstead(valid: object, random: Random): string | Uint8Array {
  return random.chance(0.1) ? randomBytes(random) : mutatedText(valid, random);
}

const UPGRADE =
  'Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';

/** An upgrade request whose hello is valid, altered, or not there. */
function upgrade(port: number, random: Random): Uint8Array {
  const path = random.chance(0.1) ? '/v1/session' : sessionPath(`http://localhost:${port}`);
  const line = Buffer.from(`GET ${path} HTTP/1.1\r\n`);
  return Buffer.concat([random.chance(0.5) ? mutateBytes(line, random) : line, Buffer.from(UPGRADE)]);
}

/** A masked frame of a random type, often altered afterwards. */
function webSocketFrame(random: Random): Uint8Array {
  const payload = random.bytes(Math.floor(random.skewed(0, 2_000)));
  const extended = payload.length > 125;
  const head = Buffer.alloc(extended ? 8 : 6); // the mask is zero
  head[0] = random.pick([0x81, 0x82, 0x01, 0x80, 0x00, 0x88, 0x89, 0x8a, 0xf1, 0x83]);
  head[1] = 0x80 | (extended ? 126 : payload.length);
  if (extended) head.writeUInt16BE(payload.length, 2);
  const frame = Buffer.concat([head, payload]);
  return random.chance(0.5) ? mutateBytes(frame, random) : frame;
}
