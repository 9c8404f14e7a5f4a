// Passphrases: from the environment or asked for, new ones twice, never too short.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Passphrases } from '../../../client/cli/passphrases.js';
import { Refusal, type Outcome } from '../../../protocols/kit/refusals.js';

/** A person who gives these answers, one after the other. */
function asking(...answers: (string | null)[]): { passphrases: Passphrases; questions: string[] } {
  const [passphrases, questions] = [new Passphrases(undefined), [] as string[]];
  passphrases.setPrompt((question) => {
    questions.push(question);
    return Promise.resolve(answers.shift() ?? null);
  });
  return { passphrases, questions };
}

function shown(outcome: Outcome<string>): string {
  return outcome instanceof Refusal ? outcome.code : outcome;
}

test('[CTRL-22] a new passphrase is asked for twice, a known one once', async () => {
  const chosen = asking('correct horse', 'correct horse');
  assert.equal(await chosen.passphrases.choose('the backup'), 'correct horse');
  assert.equal(chosen.questions.length, 2);
  const recalled = asking('short');
  assert.equal(await recalled.passphrases.recall('the backup'), 'short');
  assert.equal(recalled.questions.length, 1);
});

test('[CTRL-22] a passphrase that is too short, mistyped or missing is refused', async () => {
  assert.equal(shown(await asking('seven 7', 'seven 7').passphrases.choose('the backup')), 'PASSPHRASE_SHORT');
  assert.equal(
    shown(await asking('correct horse', 'correct hose').passphrases.choose('the backup')),
    'PASSPHRASES_DIFFER',
  );
  assert.equal(shown(await asking('correct horse', null).passphrases.choose('the backup')), 'PASSPHRASES_DIFFER');
  assert.equal(shown(await asking(null).passphrases.choose('the backup')), 'PASSPHRASE_NEEDED');
  assert.equal(shown(await asking('').passphrases.recall('the backup')), 'PASSPHRASE_NEEDED');
  assert.equal(shown(await asking('x'.repeat(1025)).passphrases.recall('the backup')), 'TEXT_TOO_LONG');
});

test('[CTRL-22] a passphrase of the environment is used without a question', async () => {
  const passphrases = new Passphrases('correct horse');
  passphrases.setPrompt(() => assert.fail('must not ask'));
  assert.equal(await passphrases.choose('the backup'), 'correct horse');
  assert.equal(await passphrases.recall('the backup'), 'correct horse');
  assert.equal(shown(await new Passphrases('short').choose('the backup')), 'PASSPHRASE_SHORT');
});

test('[CTRL-22] without a terminal or KITH_PASSPHRASE a passphrase is refused as missing', async () => {
  assert.equal(shown(await new Passphrases(undefined).choose('the backup')), 'PASSPHRASE_NEEDED');
});
