// The question for a name is asked again until the name is valid.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askName } from '../../../client/cli/ask-name.js';
import { settled, terminalHost } from './fakes/fake-host.js';

test('a name is asked for until it is valid', async () => {
  const host = terminalHost({ columns: 200 });
  const asked = askName(host, true);
  await settled();
  assert.deepEqual(host.screen.shown(), ['Your name:']);
  await host.type('b@b\r');
  assert.match(host.screen.shown()[1] ?? '', /^! "b@b" cannot be a name/);
  await host.type('  Bob \r');
  assert.equal(await asked, 'bob');
});

test('a person who leaves gives no name', async () => {
  for (const key of ['\x03', '\x04']) {
    const host = terminalHost();
    const asked = askName(host, true);
    await host.type(key);
    assert.equal(await asked, null);
  }
});

test('[CTRL-19] a plain terminal is asked in a whole line', async () => {
  const host = terminalHost();
  const asked = askName(host, false);
  await host.type('\nbob\n');
  assert.equal(await asked, 'bob');
  assert.equal(host.screen.raw, 'Your name:\nYour name:\n');
});
