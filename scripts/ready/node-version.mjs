// Refuses a Node that is too old with one line, before anything else can fail in a puzzling way.

import { readFileSync } from 'node:fs';
import { giveUp } from './say.mjs';

export function requireNode() {
  const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const wanted = engines.node.replace('>=', '');
  if (!isAtLeast(process.versions.node, wanted)) {
    giveUp(`Kith needs Node ${wanted} or newer; this is ${process.versions.node}. Get one from https://nodejs.org`);
  }
}

function isAtLeast(version, wanted) {
  const [major, minor] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
