// What the tests of old copies share: two clients with a link, a session more, and what both have in the end.

import assert from 'node:assert/strict';
import { recoveryRequestFrameShape, type RecoveryRequestFrame } from '../../../../protocols/chat/messages.js';
import type { Client } from './test-client.js';
import { framesOn, type FakePeer } from './fake-peer.js';
import { Testbed } from './testbed.js';

export const say = (user: string, text: string) => ({ type: 'say', user, text }) as const;
export const connect = (user: string) => ({ type: 'connect', user }) as const;

export function linked(): { testbed: Testbed; alice: Client; bob: Client } {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.command(connect('bob'));
  testbed.settle();
  return { testbed, alice, bob };
}

/** A session more: with it, whatever was on the disk before can be told from what is on it now. */
export function reconnect(testbed: Testbed, client: Client): void {
  testbed.server.drop(client, 'broken');
  testbed.pass(2_000);
}

export const renewals = (client: Client) => client.told('warning').filter(({ code }) => code === 'RENEWED').length;

/** Both histories, which must be one. */
export function history(alice: Client, bob: Client): string[] {
  const [hers, his] = [alice.texts('bob'), bob.texts('alice')];
  assert.deepEqual([...hers].sort(), [...his].sort());
  return hers;
}

/** A peer links with a client, who asks it for what is missing. */
export function question(bob: FakePeer, alice: Client, link: number): RecoveryRequestFrame | null {
  const frames: object[] = framesOn(bob.link(alice, link), link);
  return frames.find((frame) => recoveryRequestFrameShape.accepts(frame)) ?? null;
}
