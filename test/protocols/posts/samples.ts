// Sample manifests, removals and keys for tests of posts.

import type { Manifest } from '../../../protocols/posts/manifest.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import { fakeKey, fakePrimitives } from '../../sim/kernel/fake-primitives.js';

export const DEVICE = fakeKey('alice device');
export const ALICE = { user: 'alice', device: DEVICE.publicKey };
export const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const HASH = fakeKey('hash').publicKey;

export function manifest(changes: Partial<Manifest> = {}): Manifest {
  const about = { sha256: HASH, size: 7, type: 'image/png', title: 'the lake', name: 'lake.png' };
  return { author: 'alice', device: ALICE.device, id: ID, ...about, at: 1_000, isReshared: false, ...changes };
}

export function posted(value: object): Signed {
  return signObject('post', value, DEVICE, fakePrimitives);
}

export function removed(value: object = { author: 'alice', device: ALICE.device, id: ID, at: 2_000 }): Signed {
  return signObject('post_removal', value, DEVICE, fakePrimitives);
}
