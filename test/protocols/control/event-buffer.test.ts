// `wait` over the shelf of events: who takes which event, and when a wait gives up.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientEvent } from '../../../protocols/control/answer.js';
import { EventBuffer, type EventBufferEffect } from '../../../protocols/control/event-buffer.js';
import { LIMITS } from '../../../protocols/kit/limits.js';

const AT = '2026-11-20T12:00:00.000Z';

function chat(from: string, text: string): ClientEvent {
  return { event: 'chat', from, text, id: `id of ${text}`, at: AT };
}

class Bench {
  private readonly shelf = new EventBuffer();
  private refs = 0;

  happened(event: ClientEvent, now = 0): string[] {
    return this.shelf.handle({ type: 'event', event }, now).map(shown);
  }

  wait(fields: Record<string, string> = {}, { until = 10_000, now = 0 } = {}): string[] {
    const wanted = { event: 'chat', fields: Object.entries(fields) } as const;
    this.refs += 1;
    return this.shelf.handle({ type: 'wait', ref: this.refs, filter: wanted, until }, now).map(shown);
  }

  giveUp(): string[] {
    return this.shelf.handle({ type: 'give_up' }, 0).map(shown);
  }

  wake(now: number): string[] {
    return this.shelf.handle({ type: 'wake' }, now).map(shown);
  }

  wakeAt(): number | null {
    return this.shelf.wakeAt();
  }
}

function shown(effect: EventBufferEffect): string {
  const found = effect.type === 'found' && effect.event.event === 'chat' ? ` ${effect.event.text}` : '';
  return `${effect.ref} ${effect.type}${found}`;
}

test('[CTRL-11] wait takes the earliest matching event that no wait has taken', () => {
  const bench = new Bench();
  bench.happened(chat('bob', 'one'));
  bench.happened(chat('carol', 'two'));
  bench.happened(chat('bob', 'three'));
  assert.deepEqual(bench.wait({ from: 'bob' }), ['1 found one']);
  assert.deepEqual(bench.wait({ from: 'bob' }), ['2 found three']);
  assert.deepEqual(bench.wait({}), ['3 found two']);
  assert.deepEqual(bench.wait({}), []);
});

test('[CTRL-11] events of other names, values and fields do not match', () => {
  const bench = new Bench();
  bench.happened({ event: 'online', user: 'bob', at: AT });
  bench.happened(chat('bob', 'hi'));
  assert.deepEqual(bench.wait({ from: 'bo' }), []);
  assert.deepEqual(bench.wait({ toString: 'bob' }), []);
  assert.deepEqual(bench.wait({ from: 'bob', text: 'hi' }), ['3 found hi']);
});

test('[CTRL-11] the last 1 000 events are kept, taken or not', () => {
  const bench = new Bench();
  for (let k = 0; k <= LIMITS.eventsBufferedMax; k += 1) bench.happened(chat('bob', String(k)));
  assert.deepEqual(bench.wait(), ['1 found 1']);
  bench.happened(chat('bob', 'new'));
  assert.deepEqual(bench.wait(), ['2 found 2']);
});

test('[CTRL-12] an event goes to the wait that has waited longest, and to no other', () => {
  const bench = new Bench();
  bench.wait({ from: 'carol' });
  bench.wait();
  bench.wait();
  assert.deepEqual(bench.happened(chat('bob', 'a')), ['2 found a']);
  assert.deepEqual(bench.happened(chat('bob', 'b')), ['3 found b']);
  assert.deepEqual(bench.happened(chat('bob', 'c')), []);
  assert.deepEqual(bench.happened(chat('carol', 'd')), ['1 found d']);
  assert.deepEqual(bench.wait(), ['4 found c']);
  assert.deepEqual(bench.wait(), []);
});

test('[CTRL-13] a wait gives up at its time, not before, and takes nothing afterwards', () => {
  const bench = new Bench();
  bench.wait({}, { until: 500 });
  bench.wait({}, { until: 300 });
  assert.equal(bench.wakeAt(), 300);
  assert.deepEqual(bench.wake(299), []);
  assert.deepEqual(bench.wake(300), ['2 timed_out']);
  assert.deepEqual(bench.happened(chat('bob', 'late'), 500), ['1 timed_out']);
  assert.equal(bench.wakeAt(), null);
  assert.deepEqual(bench.wait(), ['3 found late']);
});

test('[CTRL-13] no more than 100 wait at once', () => {
  const bench = new Bench();
  for (let k = 0; k < LIMITS.waitsMax; k += 1) assert.deepEqual(bench.wait(), []);
  assert.deepEqual(bench.wait(), ['101 full']);
});

test('[CTRL-24] whoever gives up ends every wait, and what comes later is kept', () => {
  const bench = new Bench();
  bench.wait();
  bench.wait({ from: 'bob' }, { until: 20_000 });
  assert.deepEqual(bench.giveUp(), ['1 given_up', '2 given_up']);
  assert.equal(bench.wakeAt(), null);
  assert.deepEqual(bench.happened(chat('bob', 'late')), []);
  assert.deepEqual(bench.wait(), ['3 found late']);
});
