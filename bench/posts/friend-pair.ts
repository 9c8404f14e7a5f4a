// Two real clients of a benchmark who are friends, linked and warm.

import { join } from 'node:path';
import { Child } from '../child.js';
import type { Scratch } from '../scratch.js';

const TEXT = 'x'.repeat(100);

export async function startFriends({ server, directory }: Scratch): Promise<[alice: Child, bob: Child]> {
  const peer = (user: string): Child => new Child('chat-peer', server, user, join(directory, user));
  const [alice, bob] = [peer('alice'), peer('bob')];
  const online = { command: { type: 'online', acceptServer: false } };
  await Promise.all([alice.ask(online), bob.ask(online)]);
  await alice.ask({ command: { type: 'add', user: 'bob', note: '' } });
  await bob.ask({ do: 'come', event: 'friend_request', count: 1 });
  await bob.ask({ command: { type: 'accept', user: 'alice' } });
  await alice.ask({ do: 'come', event: 'online', count: 1 });
  await alice.ask({ do: 'trips', to: 'bob', count: 200, text: TEXT });
  return [alice, bob];
}
