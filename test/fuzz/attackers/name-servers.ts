// Attacks on a client by its name server or a man in the middle: altered answers.

import { join } from 'node:path';
import { JsonClient } from '../../e2e/testbed/json-client.js';
import type { FuzzTestbed } from '../fuzz-testbed.js';
import { TamperingProxy } from '../wire/tampering-proxy.js';
import type { Attacker } from './attacker.js';

const QUESTIONS = ['lookup alice', 'who', 'update', 'lookup nobody', 'add mort'];

/** The answers to dave, a separate client, are altered. The client must keep running and answer every command. */
export async function nameServerAttacker({ testbed }: FuzzTestbed): Promise<Attacker> {
  const proxy = await TamperingProxy.start(testbed.server.port);
  const dave = new JsonClient({ server: proxy.address, user: 'dave', data: join(testbed.directory, 'dave') });
  await dave.ready;
  await dave.does('online');
  return {
    name: 'name server, twisted',
    attack: async (random) => {
      proxy.random = random;
      await dave.tell(random.pick(QUESTIONS));
      if (random.chance(0.1)) await dave.tell('offline');
      proxy.random = null;
      const { ok } = await dave.tell('online');
      return ok;
    },
    close: async () => {
      await dave.kill();
      await proxy.stop();
    },
  };
}
