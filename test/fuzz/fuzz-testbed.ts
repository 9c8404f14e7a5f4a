// The testbed of the fuzzer: a name server and the clients of alice and her friend carol as processes, and identities
// that the fuzzer controls.

import type { UserRecord } from '../../protocols/directory/record.js';
import type { FriendRequestLetter } from '../../protocols/friends/messages.js';
import { objectId, signObject, type Signed } from '../../protocols/kit/signed.js';
import { readLetterKey } from '../../protocols/letters/letter-key.js';
import type { LetterKind } from '../../protocols/letters/messages.js';
import { letterInfo, sealedLetterText } from '../../protocols/letters/sealed-letter.js';
import { pairConversation } from '../../protocols/chat/messages.js';
import { primitives } from '../../runtime/crypto.js';
import { sealLetter } from '../../runtime/letter-encryption.js';
import { clock } from '../../runtime/sources.js';
import type { JsonClient } from '../e2e/testbed/json-client.js';
import { Testbed } from '../e2e/testbed/testbed.js';
import { listeningClient, type ListeningClient } from './wire/friend-link.js';
import { makeTestIdentity, type TestIdentity } from './wire/test-identity.js';
import { SessionPeer } from './wire/session-peer.js';
import { TamperingProxy } from './wire/tampering-proxy.js';

/** The public record of alice, and her letter key. */
interface Target {
  readonly name: string;
  readonly key: string;
  readonly device: string;
  readonly letterKey: string;
}

export interface FuzzTestbed {
  readonly testbed: Testbed;
  /** Between a client and the name server. */
  readonly proxy: TamperingProxy;
  readonly alice: JsonClient;
  readonly carol: JsonClient;
  readonly target: Target;
  /** The TCP and UDP port of alice. */
  readonly port: number;
  readonly listener: ListeningClient;
  /** A registered user without friends. */
  readonly stranger: TestIdentity;
  /** Malicious friends of alice, one for each attacker, so that a closed link does not affect another attacker. */
  readonly linkFriend: TestIdentity;
  readonly datagramFriend: TestIdentity;
  readonly dialledFriend: TestIdentity;
  readonly postingFriend: TestIdentity;
  /** Several, because the name server limits the letters of each user per minute. */
  readonly letterFriends: readonly TestIdentity[];
}

const LETTER_FRIENDS = 8;

/** Builds the testbed. The name server has no rate limit, so that attacks reach the code behind it. */
export async function openFuzzTestbed(): Promise<FuzzTestbed> {
  const proxy = await TamperingProxy.start();
  const serverFlags = [...SERVER_FLAGS, '--public-origin', `http://${proxy.address}`];
  const testbed = await Testbed.open({ serverFlags });
  try {
    proxy.target = testbed.server.port;
    return { ...(await fill(testbed)), proxy };
  } catch (error) {
    await closeFuzzTestbed({ testbed, proxy });
    throw error;
  }
}

export async function closeFuzzTestbed({ testbed, proxy }: Pick<FuzzTestbed, 'testbed' | 'proxy'>): Promise<void> {
  await testbed.close();
  await proxy.stop();
}

async function fill(testbed: Testbed): Promise<Omit<FuzzTestbed, 'proxy'>> {
  const [alice, carol] = await testbed.friends('alice', 'carol');
  const stranger = makeTestIdentity('trudy');
  await register(testbed, stranger);
  const record = await testbed.recordOf('alice');
  const target = await lookUp(testbed, stranger, record);
  const friends = {
    linkFriend: makeTestIdentity('mallory'),
    datagramFriend: makeTestIdentity('mort'),
    dialledFriend: makeTestIdentity('oscar'),
    postingFriend: makeTestIdentity('peggy'),
  };
  const letterFriends = Array.from({ length: LETTER_FRIENDS }, (_, k) => makeTestIdentity(`forger${k}`));
  const { tcp: port } = await alice.ready;
  const listener = listeningClient(record, port);
  const fuzz = { testbed, alice, carol, target, port, listener, stranger, ...friends, letterFriends };
  for (const identity of [...Object.values(friends), ...letterFriends]) await register(testbed, identity);
  for (const identity of [...Object.values(friends), ...letterFriends]) await befriendAlice(fuzz, identity);
  return fuzz;
}

const CHANNEL_FLAGS = ['--doors', 'ws,tcp', '--tcp-port', '0', '--peer-port', '0', '--no-discovery'];

const SERVER_FLAGS = ['--requests-per-minute', '0', ...CHANNEL_FLAGS];

/** A valid sealed letter to alice with any body. */
export async function letterTo(
  identity: TestIdentity,
  target: Target,
  { kind, body }: { kind: LetterKind; body: unknown },
): Promise<object> {
  const { name, device } = identity;
  const sender = { from: name, device: device.publicKey, to: target.name, toDevice: target.device };
  const signed = signObject('letter', { ...sender, kind, at: clock.now(), body }, device, primitives);
  return letterFrame(target, await sealedFor(target, identity, JSON.stringify(signed)));
}

/** Any text, sealed for alice as a letter of an identity. */
export async function sealedFor(
  { device: to, key: owner, letterKey: key }: Target,
  { device, identity }: TestIdentity,
  text: string,
): Promise<string> {
  const writer = { device: device.publicKey, identity: identity.publicKey };
  const sealed = await sealLetter(key, text, letterInfo(key, writer, { device: to, identity: owner }));
  return sealedLetterText({ key, writer, sealed: sealed ?? '' });
}

/** The session frame with a sealed letter. */
export function letterFrame({ name, device }: Target, body: string | null): object {
  const id = objectId('letter', `${(lastLetter += 1)}`, primitives);
  return { type: 'letter', id, to: name, device, fleeting: false, body };
}
let lastLetter = 0;

/** The conversation of alice and an identity. */
export function conversationWith({ identity }: TestIdentity, target: Target): string {
  return pairConversation(identity.publicKey, target.key, primitives);
}

async function lookUp(testbed: Testbed, stranger: TestIdentity, record: Signed): Promise<Target> {
  const { name, key, devices } = JSON.parse(record.payload) as UserRecord;
  const device = devices[0]?.device ?? '';
  const session = await SessionPeer.openAs(stranger, testbed.server.address);
  const id = objectId('letter', 'the key of alice', primitives);
  session.say(JSON.stringify({ type: 'key_wanted', id, to: name, device, oneTime: false }));
  const frame = await session.hears('key');
  await session.close();
  const letterKey = frame.type === 'key' ? readLetterKey(frame.key, device, primitives) : null;
  if (letterKey === null) throw new Error('alice has offered no letter key');
  return { name, key, device, letterKey: letterKey.key };
}

async function register(testbed: Testbed, { name, record }: TestIdentity): Promise<void> {
  const { status } = await fetch(`http://${testbed.server.address}/v1/users/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(record),
  });
  if (status !== 201) throw new Error(`${name} could not be registered: ${status}`);
}

async function befriendAlice(
  { testbed, alice, target }: Omit<FuzzTestbed, 'proxy'>,
  identity: TestIdentity,
): Promise<void> {
  const session = await SessionPeer.openAs(identity, testbed.server.address);
  const body: FriendRequestLetter = { record: identity.record, epoch: 1, note: '' };
  session.say(JSON.stringify(await letterTo(identity, target, { kind: 'friend_request', body })));
  await alice.hears('friend_request', { from: identity.name });
  await alice.does(`accept ${identity.name}`);
  await session.close();
}
