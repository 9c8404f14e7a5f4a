// Attacks on the REST interface of the name server: random bytes, malformed requests, altered records.

import { signObject } from '../../../protocols/kit/signed.js';
import { primitives } from '../../../runtime/crypto.js';
import type { Random } from '../../sim/kernel/random.js';
import type { FuzzTestbed } from '../fuzz-testbed.js';
import { mutateBytes, randomBytes } from '../mutation/bytes.js';
import { mutatedText, mutateJson } from '../mutation/json.js';
import { makeTestIdentity } from '../wire/test-identity.js';
import { sendTcp } from '../wire/send-bytes.js';
import type { Attacker } from './attacker.js';

export function webAttacker({ testbed, stranger }: FuzzTestbed): Attacker {
  const { port } = testbed.server;
  const upstart = makeTestIdentity('newcomer');
  const request = (random: Random): Uint8Array => {
    switch (random.whole(0, 4)) {
      case 0:
        return text(`GET /v1/users/${oddPath(random)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      case 1:
        return text(`GET /v1/users?${oddQuery(random)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      case 2:
        return put('newcomer', mutatedText(stranger.record, random));
      case 3: {
        const record = mutateJson(JSON.parse(upstart.record.payload), random) as object;
        return put('newcomer', JSON.stringify(signObject('record', record ?? {}, upstart.identity, primitives)));
      }
      default:
        return text(`GET ${random.pick(PATHS)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    }
  };
  return {
    name: 'REST',
    attack: async (random) => {
      const pieces = Array.from({ length: random.whole(1, 4) }, () => request(random));
      if (random.chance(0.3)) pieces.push(mutateBytes(request(random), random));
      await sendTcp(port, random.chance(0.1) ? [randomBytes(random)] : pieces);
      return true;
    },
  };
}

const PATHS = ['/healthz', '/metrics', '/openapi.json', '/docs', '/docs/%2e%2e/%2e%2e/x', '/v1/session', '//', '/%'];

function oddPath(random: Random): string {
  const bytes = random.bytes(random.whole(0, 60));
  if (random.chance(0.3)) return Buffer.from(bytes).toString('latin1').replace(/[\s]/g, '%');
  return [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

function oddQuery(random: Random): string {
  const many = Array.from({ length: random.whole(0, 300) }, (_, k) => `u${k}`).join(',');
  return random.pick([
    `names=${many}`,
    `names=${oddPath(random)}`,
    'online=true&limit=-1',
    'online=1',
    'names[]=a',
    '&&=',
  ]);
}

function put(name: string, body: string): Uint8Array {
  const bytes = text(body);
  const head = `PUT /v1/users/${name} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
  return Buffer.concat([text(`${head}Content-Length: ${bytes.length}\r\n\r\n`), bytes]);
}

function text(value: string): Uint8Array {
  return Buffer.from(value, 'utf8');
}
