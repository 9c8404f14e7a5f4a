// Two running clients in this process: one datagram of a session of quick messages is lost, and the session goes on.

import assert from 'node:assert/strict';
import { Socket } from 'node:dgram';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readConfig } from '../../client/config.js';
import { runClient, type RunningClient } from '../../client/run.js';
import type { Command } from '../../protocols/control/command.js';
import type { ClientEvent } from '../../protocols/control/event.js';
import { runServer } from '../nameserver/test-server.js';
import { temporaryDirectory } from '../runtime/disk/temporary.js';

interface Running {
  readonly client: RunningClient;
  does(command: Command): Promise<void>;
  /** Waits for an event that came or comes. */
  hears(isIt: (event: ClientEvent) => boolean): Promise<void>;
}

async function start(t: TestContext, user: string, server: number): Promise<Running> {
  const data = join(temporaryDirectory(t), user);
  const outcome = readConfig({ address: `127.0.0.1:${server}`, user, data, host: '127.0.0.1' }, {});
  assert.ok('config' in outcome);
  const client = await runClient(outcome.config);
  t.after(() => client.stop());
  const events: ClientEvent[] = [];
  const waiting = new Set<() => void>();
  client.api.onEvent((event) => {
    events.push(event);
    for (const check of waiting) check();
  });
  const hears = (isIt: (event: ClientEvent) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!events.some(isIt)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const does = async (command: Command): Promise<void> => {
    const answer = await client.api.command(command);
    assert.ok(answer.ok, `${command.type}: ${answer.ok ? '' : answer.refusal.code}`);
  };
  return { client, does, hears };
}

/** Loses one datagram that a socket of this process is about to send. */
function loseOne(t: TestContext): { lost: number } {
  const state = { lost: 0 };
  const send = Reflect.get(Socket.prototype, 'send') as (...given: unknown[]) => void;
  t.after(() => Reflect.set(Socket.prototype, 'send', send));
  Reflect.set(Socket.prototype, 'send', function (this: Socket, ...given: unknown[]): void {
    if (state.lost > 0) return Reflect.apply(send, this, given);
    state.lost += 1;
  });
  return state;
}

test('[QUICK-3] after one lost datagram, quick messages arrive in both directions', async (t) => {
  const server = await runServer(t);
  const [alice, bob] = [await start(t, 'alice', server.port), await start(t, 'bob', server.port)];
  for (const one of [alice, bob]) await one.does({ type: 'online', acceptServer: false });
  await alice.does({ type: 'add', user: 'bob', note: '' });
  await bob.hears((event) => event.event === 'friend_request');
  await bob.does({ type: 'accept', user: 'alice', nameKind: 'user' });
  await alice.hears((event) => event.event === 'friend_added');
  await alice.does({ type: 'message', user: 'bob', text: 'before' });

  const state = loseOne(t);
  for (const [from, to, user] of [
    [alice, bob, 'bob'],
    [bob, alice, 'alice'],
    [alice, bob, 'bob'],
  ] as const) {
    const text = `to ${user}, ${state.lost} lost`;
    await from.does({ type: 'message', user, text });
    await to.hears((event) => event.event === 'quick' && event.text === text);
  }
  assert.equal(state.lost, 1);
});
