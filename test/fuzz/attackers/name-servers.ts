// Attacks on a client by its name server, or by somebody on the way to it: answers that are nearly right.

import { join } from 'node:path';
import { JsonClient } from '../../e2e/stage/json-client.js';
import type { Field } from '../field.js';
import { TwistingWire } from '../wire/twisting-wire.js';
import type { Attacker } from './attacker.js';

const QUESTIONS = ['lookup alice', 'who', 'update', 'lookup nobody', 'add mort'];

/** Dave is a client of his own, whose name server twists its words. He must live on, and answer every command. */
export async function nameServerAttacker({ stage }: Field): Promise<Attacker> {
  const wire = await TwistingWire.lay(stage.server.port);
  const dave = new JsonClient({ server: wire.address, user: 'dave', data: join(stage.directory, 'dave') });
  await dave.ready;
  await dave.does('online');
  return {
    name: 'name server, twisted',
    strike: async (random) => {
      wire.random = random;
      await dave.tell(random.pick(QUESTIONS));
      if (random.chance(0.1)) await dave.tell('offline');
      wire.random = null;
      const { ok } = await dave.tell('online');
      return ok;
    },
    close: async () => {
      await dave.kill();
      await wire.cut();
    },
  };
}
