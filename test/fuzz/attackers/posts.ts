// Attacks of a friend on posts: malformed manifests and pages on a link, malformed HTTP requests.

import { encodeFrame } from '../../../protocols/kit/frames.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import { grantHeader, signGrant } from '../../../protocols/posts/grant.js';
import type { Manifest } from '../../../protocols/posts/manifest.js';
import { primitives } from '../../../runtime/crypto.js';
import { knockAt } from '../../../runtime/link/sealed-knock.js';
import type { Random } from '../../sim/kernel/random.js';
import type { FuzzTestbed } from '../fuzz-testbed.js';
import { mutateBytes } from '../mutation/bytes.js';
import { mutatedText, mutateJson } from '../mutation/json.js';
import { certifiedTerms, FriendLink, POSTS_TERMS, type ListeningClient } from '../wire/friend-link.js';
import type { TestIdentity } from '../wire/test-identity.js';
import { sendTls } from '../wire/send-bytes.js';
import type { Attacker } from './attacker.js';
import { wrongFrame } from './links.js';

/** Few, so that the disk of the target does not fill. */
const IDS = 50;

export function postAttacker({ listener, postingFriend }: FuzzTestbed): Attacker {
  return {
    name: 'posts',
    attack: async (random) => {
      if (random.chance(0.5)) return ask(postingFriend, listener, random);
      const link = await FriendLink.open(postingFriend, listener);
      if (!link) return false;
      link.send(encodeFrame('{"type":"posts_wanted","after":0,"proof":null}'));
      for (let k = random.whole(1, 8); k > 0; k -= 1) {
        const frame = frameOf(postingFriend, random);
        link.send(k > 1 ? encodeFrame(JSON.stringify(frame)) : wrongFrame(frame, random));
      }
      await link.close();
      return true;
    },
  };
}

function frameOf(postingFriend: TestIdentity, random: Random): object {
  const after = random.whole(0, IDS);
  const items = Array.from({ length: random.whole(0, 3) }, () => itemOf(postingFriend, random));
  return random.pick<object>([
    { type: 'posts', after, upTo: after + items.length, items, more: random.chance(0.3), proof: 'A'.repeat(22) },
    { type: 'post_wanted', id: idOf(random) },
    { type: 'post_held', id: idOf(random) },
  ]);
}

/** Mostly valid: a malformed item ends the link, and the items after it are not processed. */
function itemOf(postingFriend: TestIdentity, random: Random): Signed {
  const said = {
    author: postingFriend.name,
    device: postingFriend.device.publicKey,
    id: idOf(random),
    at: random.whole(1, 9),
  };
  if (random.chance(0.2)) return signObject('post_removal', said, postingFriend.device, primitives);
  const about = { sha256: 'A'.repeat(43), size: random.whole(0, 9), type: 'image/png', title: '../x', name: 'x' };
  const manifest: Manifest = { ...said, ...about, isReshared: random.chance(0.5) };
  const wrong = random.chance(0.05) ? mutateJson(manifest, random) : manifest;
  return signObject('post', wrong as object, postingFriend.device, primitives);
}

function idOf(random: Random): string {
  return Buffer.alloc(16, random.whole(1, IDS)).toString('base64url');
}

async function ask(postingFriend: TestIdentity, listener: ListeningClient, random: Random): Promise<boolean> {
  const pieces = Array.from({ length: random.whole(1, 6) }, () => requestOf(postingFriend, random));
  if (random.chance(0.3)) pieces.push(mutateBytes(requestOf(postingFriend, random), random));
  const { port, keys } = listener;
  if (random.chance(0.5)) await sendTls(port, certifiedTerms(postingFriend), pieces);
  else await sendTls(port, POSTS_TERMS, pieces, (socket) => knockAt(socket, { ...postingFriend, listener: keys }));
  return true;
}

function requestOf(postingFriend: TestIdentity, random: Random): Uint8Array {
  const method = random.pick(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'TRACE']);
  const path = random.pick([`/posts/${idOf(random)}`, '/posts/', '/posts/../identity.json', '//', '*', '/%00']);
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: x', `Range: ${rangeOf(random)}`, `If-Range: ${rangeOf(random)}`];
  const friend = { name: postingFriend.name, key: postingFriend.identity.publicKey };
  const grant = signGrant({ author: 'carol', friend, now: 1 }, postingFriend.device, primitives);
  lines.push(
    `Kith-Grant: ${random.chance(0.5) ? grantHeader(grant) : encodeURI(mutatedText(grant, random)).slice(0, 3_000)}`,
  );
  if (random.chance(0.2)) lines.push(`Content-Length: ${random.whole(0, 1_000)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

function rangeOf(random: Random): string {
  const number = (): string => random.pick(['', '0', '5', '-1', '99999999999999999999', '1e9', 'x', '0x1']);
  const unit = random.pick(['bytes', 'Bytes', 'lines', '']);
  return `${unit}=${Array.from({ length: random.whole(1, 40) }, () => `${number()}-${number()}`).join(',')}`;
}
