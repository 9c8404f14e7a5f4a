// Pending answers: each question gets the answer with its own number, and their count is bounded.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PendingAnswers } from '../../runtime/pending-answers.js';

function harness(most?: number) {
  const sent: [ref: number, question: string][] = [];
  const send = (ref: number, question: string): void => void sent.push([ref, question]);
  const bound = most === undefined ? {} : { bound: { most, refusal: 'busy' } };
  return { sent, answers: new PendingAnswers<string, string>({ send, ...bound }) };
}

test('each question gets the answer with its own number', async () => {
  const { sent, answers } = harness();
  const both = [answers.ask('one'), answers.ask('two')];
  answers.resolve(2, 'second');
  answers.resolve(1, 'first');
  answers.resolve(3, 'of no question');
  assert.deepEqual(await Promise.all(both), ['first', 'second']);
  assert.deepEqual(sent, [
    [1, 'one'],
    [2, 'two'],
  ]);
});

test('above the bound a question is refused and not sent, until one is answered', async () => {
  const { sent, answers } = harness(2);
  const waiting = [answers.ask('one'), answers.ask('two')];
  assert.equal(await answers.ask('three'), 'busy');
  answers.resolve(1, 'first');
  await waiting[0];
  void answers.ask('four');
  assert.deepEqual(
    sent.map(([, question]) => question),
    ['one', 'two', 'four'],
  );
});

test('a question that waits is sent again under its number, and an answered one is not', () => {
  const { sent, answers } = harness();
  void answers.ask('one');
  void answers.ask('two');
  answers.resolve(1, 'first');
  sent.length = 0;
  answers.resend();
  assert.deepEqual(sent, [[2, 'two']]);
});

test('all waiting questions can get one answer', async () => {
  const { answers } = harness();
  const both = [answers.ask('one'), answers.ask('two')];
  answers.resolveAll('the end');
  assert.deepEqual(await Promise.all(both), ['the end', 'the end']);
});
