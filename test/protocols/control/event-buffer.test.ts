// `wait` over the event buffer: which wait takes an event, and when a wait times out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientEvent } from '../../../protocols/control/event.js';
import { EventBuffer, type EventBufferEffect } from '../../../protocols/control/event-buffer.js';
import { LIMITS } from '../../../protocols/kit/limits.js';

const AT = '2026-11-20T12:00:00.000Z';

function chat(from: string, text: string): ClientEvent {
  return { event: 'chat', from, text, id: `id of ${text}`, at: AT };
}

class Fixture {
  private readonly buffer = new EventBuffer();
  private refs = 0;

  event(event: ClientEvent, now = 0): string[] {
    return this.buffer.handle({ type: 'event', event }, now).map(shown);
  }

  wait(fields: Record<string, string> = {}, { until = 10_000, now = 0 } = {}): string[] {
    const filter = { event: 'chat', fields: Object.entries(fields) } as const;
    this.refs += 1;
    return this.buffer.handle({ type: 'wait', ref: this.refs, filter, until }, now).map(shown);
  }

  stop(): string[] {
    return this.buffer.handle({ type: 'stop' }, 0).map(shown);
  }

  wake(now: number): string[] {
    return this.buffer.handle({ type: 'wake' }, now).map(shown);
  }

  wakeAt(): number | null {
    return this.buffer.wakeAt();
  }
}

function shown(effect: EventBufferEffect): string {
  const found = effect.type === 'found' && effect.event.event === 'chat' ? ` ${effect.event.text}` : '';
  return `${effect.ref} ${effect.type}${found}`;
}

test('[CTRL-11] wait takes the earliest matching event that no wait has taken', () => {
  const buffer = new Fixture();
  buffer.event(chat('bob', 'one'));
  buffer.event(chat('carol', 'two'));
  buffer.event(chat('bob', 'three'));
  assert.deepEqual(buffer.wait({ from: 'bob' }), ['1 found one']);
  assert.deepEqual(buffer.wait({ from: 'bob' }), ['2 found three']);
  assert.deepEqual(buffer.wait({}), ['3 found two']);
  assert.deepEqual(buffer.wait({}), []);
});

test('[CTRL-11] events of other names, values and fields do not match', () => {
  const buffer = new Fixture();
  buffer.event({ event: 'online', user: 'bob', at: AT });
  buffer.event(chat('bob', 'hi'));
  assert.deepEqual(buffer.wait({ from: 'bo' }), []);
  assert.deepEqual(buffer.wait({ toString: 'bob' }), []);
  assert.deepEqual(buffer.wait({ from: 'bob', text: 'hi' }), ['3 found hi']);
});

test('[CTRL-11] the last 1 000 events are kept, taken or not', () => {
  const buffer = new Fixture();
  for (let k = 0; k <= LIMITS.eventsBufferedMax; k += 1) buffer.event(chat('bob', String(k)));
  assert.deepEqual(buffer.wait(), ['1 found 1']);
  buffer.event(chat('bob', 'new'));
  assert.deepEqual(buffer.wait(), ['2 found 2']);
});

test('[CTRL-12] an event goes only to the wait that has waited longest', () => {
  const buffer = new Fixture();
  buffer.wait({ from: 'carol' });
  buffer.wait();
  buffer.wait();
  assert.deepEqual(buffer.event(chat('bob', 'a')), ['2 found a']);
  assert.deepEqual(buffer.event(chat('bob', 'b')), ['3 found b']);
  assert.deepEqual(buffer.event(chat('bob', 'c')), []);
  assert.deepEqual(buffer.event(chat('carol', 'd')), ['1 found d']);
  assert.deepEqual(buffer.wait(), ['4 found c']);
  assert.deepEqual(buffer.wait(), []);
});

test('[CTRL-13] a wait times out at its time, not before, and takes no event afterwards', () => {
  const buffer = new Fixture();
  buffer.wait({}, { until: 500 });
  buffer.wait({}, { until: 300 });
  assert.equal(buffer.wakeAt(), 300);
  assert.deepEqual(buffer.wake(299), []);
  assert.deepEqual(buffer.wake(300), ['2 timed_out']);
  assert.deepEqual(buffer.event(chat('bob', 'late'), 500), ['1 timed_out']);
  assert.equal(buffer.wakeAt(), null);
  assert.deepEqual(buffer.wait(), ['3 found late']);
});

test('[CTRL-13] the 101st open wait is refused', () => {
  const buffer = new Fixture();
  for (let k = 0; k < LIMITS.waitsMax; k += 1) assert.deepEqual(buffer.wait(), []);
  assert.deepEqual(buffer.wait(), ['101 full']);
});

test('[CTRL-24] a stop ends every wait, and later events are kept', () => {
  const buffer = new Fixture();
  buffer.wait();
  buffer.wait({ from: 'bob' }, { until: 20_000 });
  assert.deepEqual(buffer.stop(), ['1 stopped', '2 stopped']);
  assert.equal(buffer.wakeAt(), null);
  assert.deepEqual(buffer.event(chat('bob', 'late')), []);
  assert.deepEqual(buffer.wait(), ['3 found late']);
});
