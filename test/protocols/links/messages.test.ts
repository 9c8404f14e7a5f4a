// Tests the shapes of handshake frames, keepalive frames and offers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  helloFrameShape,
  offerLetterShape,
  refuseFrameShape,
  keepaliveFrameShape,
  welcomeFrameShape,
} from '../../../protocols/links/messages.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Person } from '../../nameserver/person.js';

const bob = new Person('bob');
const record = bob.record();
const hello = {
  type: 'hello',
  versions: [1],
  user: 'bob',
  device: bob.device,
  record,
  port: 4_000,
  seen: null,
  heard: null,
  features: [],
};
const welcome = { type: 'welcome', version: 1, record, port: 4_000, seen: null, heard: null, features: ['x'] };

test('[LINK-1] hello and welcome need all their fields and cannot be confused', () => {
  assert.ok(helloFrameShape.accepts(hello) && welcomeFrameShape.accepts(welcome));
  assert.ok(!helloFrameShape.accepts(welcome) && !welcomeFrameShape.accepts(hello));
  for (const key of Object.keys(hello)) assert.ok(!helloFrameShape.accepts({ ...hello, [key]: undefined }), key);
  for (const key of Object.keys(welcome)) assert.ok(!welcomeFrameShape.accepts({ ...welcome, [key]: undefined }), key);
});

test('[LINK-5] a handshake frame with an extra or out-of-range field is malformed', () => {
  const wrong = [{ port: 0 }, { port: 65_536 }, { user: 'Bob' }, { versions: [] }, { device: 'me' }, { extra: 1 }];
  for (const change of wrong) assert.ok(!helloFrameShape.accepts({ ...hello, ...change }), JSON.stringify(change));
  assert.ok(!helloFrameShape.accepts({ ...hello, features: new Array<string>(33).fill('x') }));
});

test('[LINK-4] a hello with a record fits the frame limit of the handshake', () => {
  assert.ok(JSON.stringify({ ...hello, user: 'x'.repeat(32) }).length < LIMITS.linkHelloFrameBytes);
});

test('[LINK-7] only ping and pong are keepalive frames', () => {
  assert.ok(keepaliveFrameShape.accepts({ type: 'ping' }) && keepaliveFrameShape.accepts({ type: 'pong' }));
  assert.ok(
    !keepaliveFrameShape.accepts({ type: 'ping', more: 1 }) && !keepaliveFrameShape.accepts({ type: 'message' }),
  );
  assert.ok(refuseFrameShape.accepts({ type: 'refuse', code: 'X' }) && !refuseFrameShape.accepts({ type: 'refuse' }));
});

test('[LINK-8] an offer has at most sixteen endpoints, each with host and port', () => {
  const offer = (count: number) => ({
    nonce: bob.device,
    endpoints: new Array<object>(count).fill({ host: '192.0.2.1', port: 4_000 }),
  });
  assert.ok(offerLetterShape.accepts(offer(0)) && offerLetterShape.accepts(offer(16)));
  assert.ok(!offerLetterShape.accepts(offer(17)));
  for (const endpoint of [
    { host: '', port: 1 },
    { host: 'h', port: 0 },
    { host: 'h' },
    { host: 'h', port: 1, tcp: 1 },
  ]) {
    assert.ok(!offerLetterShape.accepts({ nonce: bob.device, endpoints: [endpoint] }), JSON.stringify(endpoint));
  }
});
