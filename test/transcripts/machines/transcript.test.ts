// Tests the transcript runner itself: a transcript that differs from the machine must not pass.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replay } from './transcript.js';

const TRANSCRIPT = '# A counter.\n\n# It starts at zero.\nadd 2\n----\n2\n\nadd 0\n----\n(no effect)\n';

function counter(): (command: string) => string[] {
  let sum = 0;
  return (command) => {
    const amount = Number(command.replace('add ', ''));
    sum += amount;
    return amount === 0 ? [] : [String(sum)];
  };
}

test('a transcript with the effects of the machine stays as it is', () => {
  assert.equal(replay(TRANSCRIPT, counter()), TRANSCRIPT);
});

test('a wrong, a missing and an extra effect change the transcript', () => {
  for (const wrong of [
    TRANSCRIPT.replace('\n2\n', '\n3\n'),
    TRANSCRIPT.replace('\n2\n', '\n'),
    TRANSCRIPT.replace('\n2\n', '\n2\n3\n'),
  ]) {
    assert.notEqual(replay(wrong, counter()), wrong);
    assert.equal(replay(wrong, counter()), TRANSCRIPT);
  }
});

test('a command without effects so far gets those of the machine', () => {
  assert.equal(replay('add 1', counter()), 'add 1\n----\n1\n');
});
