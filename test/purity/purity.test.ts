// Pure code has no access to the host: timers, sockets, files and processes do not compile there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileIn } from './compile-in.js';

const FORBIDDEN = [
  'export const timer = setTimeout(() => undefined, 1);',
  'export const timer = setInterval(() => undefined, 1);',
  'setImmediate(() => undefined);',
  'queueMicrotask(() => undefined);',
  'export const name = process.argv;',
  "export const bytes = Buffer.from('x');",
  "export const answer = fetch('http://localhost');",
  "console.log('x');",
  'export const now = performance.now();',
  'export const noise = crypto.getRandomValues(new Uint8Array(1));',
  "export const socket = new WebSocket('ws://localhost');",
  "import { connect } from 'node:net'; export const socket = connect(1);",
  "import { readFileSync } from 'fs'; export const text = readFileSync('x');",
  "import process from 'node:process'; export const id = process.pid;",
];

const ALLOWED = "import { earlier } from 'KIT/machine.js'; export const first: number | null = earlier(1, null);";

for (const [folder, kit] of [
  ['protocols', './kit'],
  ['client/engine', '../../protocols/kit'],
] as const) {
  test(`${folder} compiles pure code and rejects every access to the host`, () => {
    const [allowed, ...forbidden] = compileIn(process.cwd(), folder, [ALLOWED.replace('KIT', kit), ...FORBIDDEN]);
    assert.deepEqual(allowed, []);
    forbidden.forEach((messages, at) => assert.match(messages.join(), /Cannot find (name|module)/, FORBIDDEN[at]));
  });
}
