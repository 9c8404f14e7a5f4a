// Attacks on the UDP port of a client: random datagrams, altered valid ones, and replays.

import { createSocket } from 'node:dgram';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { QuickContent } from '../../../protocols/quick/content.js';
import type { Random } from '../../sim/kernel/random.js';
import type { FuzzTestbed } from '../fuzz-testbed.js';
import { mutateBytes, randomBytes } from '../mutation/bytes.js';
import { FriendLink } from '../wire/friend-link.js';
import type { Attacker } from './attacker.js';

const DATAGRAMS_PER_ATTACK = 20;
/** After this many attacks, a new link makes new keys. */
const ATTACKS_PER_KEY = 25;

export function datagramAttacker({ port, listener, datagramFriend }: FuzzTestbed): Attacker {
  const socket = createSocket('udp4');
  let attacks = 0;
  let quick: FriendLink['quick'] | null = null;
  const captured: Uint8Array[] = [];

  const renewKeys = async (): Promise<void> => {
    const link = await FriendLink.open(datagramFriend, listener);
    quick = link?.quick ?? null;
    await link?.close();
    captured.length = 0;
  };
  const datagram = (random: Random): Uint8Array => {
    if (!quick || random.chance(0.2)) return randomBytes(random);
    if (captured.length > 0 && random.chance(0.3)) return random.pick(captured);
    const fresh = quick.seal(contentOf(random));
    captured.push(fresh);
    return random.chance(0.8) ? mutateBytes(fresh, random) : fresh;
  };
  const send = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve) => socket.send(bytes, port, '127.0.0.1', () => resolve()));

  return {
    name: 'UDP',
    attack: async (random) => {
      if (attacks % ATTACKS_PER_KEY === 0) await renewKeys();
      attacks += 1;
      for (let k = 0; k < DATAGRAMS_PER_ATTACK; k += 1) await send(datagram(random));
      return quick !== null;
    },
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}

function times(random: Random) {
  const endsMs = random.whole(0, 2 ** 32 - 1);
  return { at: random.whole(0, LIMITS.timeMax), lamport: random.whole(1, 1_000), endsMs };
}

/** Few ids, so that most messages are duplicates. */
function contentOf(random: Random): QuickContent {
  const id = Buffer.alloc(16, random.whole(0, 50)).toString('base64url');
  const text = 'x'.repeat(random.whole(1, LIMITS.quickTextBytes));
  return random.pick<QuickContent>([
    { type: 'text', id, ...times(random), text },
    { type: 'ack', id },
    { type: 'typing', id },
  ]);
}
