// The browser that tests of the page run in: the one named by KITH_BROWSER, one that is there, or Debian's, installed
// where we may.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { giveUp, say } from './say.mjs';

const USUAL_PLACES = [
  ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map((name) => `/usr/bin/${name}`),
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** Test files that need it. */
const NEEDS_BROWSER = /[\\/]e2e[\\/]browser[\\/]/;

/** Makes a browser known to the tests among `files` that need one. Ends the process where there is none. */
export function makeBrowserReady(files) {
  if (!files.some((path) => NEEDS_BROWSER.test(path))) return;
  process.env.KITH_BROWSER = named() ?? found() ?? installed() ?? giveUp(HOW);
}

const HOW = [
  'the tests of the page run in Chromium, and there is none here.',
  'Install it (Debian: apt-get install chromium), or set KITH_BROWSER to the path of a Chromium, Chrome or Edge,',
  'or run the other tests by their paths: npm test -- test/client',
].join(' ');

function named() {
  const path = process.env.KITH_BROWSER;
  if (path && !existsSync(path)) giveUp(`KITH_BROWSER is ${path}, where there is nothing`);
  return path || null;
}

function found() {
  return USUAL_PLACES.find((path) => existsSync(path)) ?? null;
}

/** Debian's, where we are root: on a machine that only runs tests, no person does it. */
function installed() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null;
  say('installing Chromium for the tests of the page …');
  apt('update', '-q');
  apt('install', '-q', '-y', '--no-install-recommends', 'chromium');
  return found();
}

function apt(...args) {
  spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
}
