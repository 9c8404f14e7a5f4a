// Attacks on a client by its name server or a man in the middle: altered answers.

import { join } from 'node:path';
import { JsonClient } from '../../e2e/testbed/json-client.js';
import type { FuzzTestbed } from '../fuzz-testbed.js';
import type { Attacker } from './attacker.js';

const QUESTIONS = ['lookup alice', 'who', 'update', 'lookup zed', 'add mort'];

/** The answers to dave, a separate client, are altered. The client must keep running and answer every command. */
export async function nameServerAttacker({ testbed, proxy }: FuzzTestbed): Promise<Attacker> {
  const dave = new JsonClient({ server: proxy.address, user: 'dave', data: join(testbed.directory, 'dave') });
  await dave.does('online').catch(async (error: unknown) => {
    await dave.kill();
    throw error;
  });
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
    close: async () => void (await dave.kill()),
  };
}
