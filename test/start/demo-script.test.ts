// The scripted conversation, played by stand-ins: a line is printed only when its recipient has it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runDemoScript, type DemoParticipant } from '../../start/demo-script.js';

/** Remembers what it was told to do; hears everything, or everything but one event. */
class StandIn implements DemoParticipant {
  readonly done: string[] = [];

  constructor(
    readonly name: string,
    private readonly deafTo: string | null = null,
  ) {}

  async ready(): Promise<void> {
    this.done.push('ready');
  }

  async run(command: string): Promise<void> {
    this.done.push(command);
  }

  async waitForEvent(event: string): Promise<void> {
    if (event === this.deafTo) throw new Error(`${event} never came`);
  }

  async exit(): Promise<void> {
    this.done.push('leaves');
  }
}

test('every message is printed once, after friends were made, and both leave', async () => {
  const [alice, bob] = [new StandIn('alice'), new StandIn('bob')];
  const printed: string[] = [];
  await runDemoScript(alice, bob, (line) => printed.push(line));
  const said = [...alice.done, ...bob.done].filter((command) => /^(say|message) /.test(command));
  assert.equal(printed.length, said.length);
  assert.ok(said.some((command) => command.startsWith('message')));
  assert.ok(printed.every((line) => /^(alice|bob): \S/.test(line)));
  assert.deepEqual(alice.done.slice(0, 3), ['ready', 'online', 'add bob Shall we try this?']);
  assert.deepEqual(bob.done.slice(0, 3), ['ready', 'online', 'accept alice']);
  assert.deepEqual([alice.done.at(-1), bob.done.at(-1)], ['leaves', 'leaves']);
});

test('a message that does not arrive is not printed and fails the conversation', async () => {
  const printed: string[] = [];
  const play = runDemoScript(new StandIn('alice', 'quick'), new StandIn('bob'), (line) => printed.push(line));
  await assert.rejects(play, /quick never came/);
  assert.equal(printed.length, 3);
});
