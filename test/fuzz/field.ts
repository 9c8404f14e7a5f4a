// Where the fuzzer strikes: a name server, alice and her honest friend carol as real processes, and personas the
// fuzzer plays itself.

import type { UserRecord } from '../../protocols/directory/record.js';
import type { FriendRequestLetter } from '../../protocols/friends/messages.js';
import { objectId, signObject } from '../../protocols/kit/signed.js';
import { LETTER_INFO, type LetterKind } from '../../protocols/letters/messages.js';
import { pairConversation } from '../../protocols/chat/messages.js';
import { primitives } from '../../runtime/crypto.js';
import { sealLetter } from '../../runtime/letter-encryption.js';
import { clock } from '../../runtime/sources.js';
import type { JsonClient } from '../e2e/stage/json-client.js';
import type { Stage } from '../e2e/stage/stage.js';
import { makePersona, type Persona } from './wire/persona.js';
import { SessionPeer } from './wire/session-peer.js';

/** What anybody can look up about alice. */
interface Target {
  readonly name: string;
  readonly key: string;
  readonly device: string;
  readonly exchange: string;
}

export interface Field {
  readonly stage: Stage;
  readonly alice: JsonClient;
  readonly carol: JsonClient;
  readonly target: Target;
  /** Alice's port, TCP and UDP. */
  readonly port: number;
  /** Registered, and nobody's friend. */
  readonly stranger: Persona;
  /** Friends of alice who have turned: each attacker has its own, so that none ends the game of another. */
  readonly traitor: Persona;
  readonly sniper: Persona;
  readonly host: Persona;
  readonly poster: Persona;
  /** Many, because the name server takes only so many letters a minute from each. */
  readonly forgers: readonly Persona[];
}

const FORGERS = 8;

/** Builds the field. Its processes run with no bound on requests: the fuzzer is meant to get further than a crowd. */
export async function openField(stage: Stage): Promise<Field> {
  const [alice, carol] = await stage.friends('alice', 'carol');
  const target = await lookUp(stage);
  const stranger = makePersona('trudy');
  const turned = { traitor: makePersona('mallory'), sniper: makePersona('mort'), host: makePersona('oscar') };
  const friends = { ...turned, poster: makePersona('peggy') };
  const forgers = Array.from({ length: FORGERS }, (_, k) => makePersona(`forger${k}`));
  const { tcp: port } = await alice.ready;
  const field = { stage, alice, carol, target, port, stranger, ...friends, forgers };
  for (const persona of [stranger, ...Object.values(friends), ...forgers]) await register(stage, persona);
  for (const persona of [...Object.values(friends), ...forgers]) await befriendAlice(field, persona);
  return field;
}

const CHANNEL_FLAGS = ['--doors', 'ws,tcp', '--tcp-port', '0', '--peer-port', '0', '--no-discovery'];

export const FIELD_FLAGS = ['--requests-per-minute', '0', ...CHANNEL_FLAGS];

/** A letter to alice, sealed, as the protocols have it; `body` is whatever the fuzzer likes. */
export async function letterTo(
  { name, device }: Persona,
  target: Target,
  { kind, body }: { kind: LetterKind; body: unknown },
): Promise<object> {
  const sender = { from: name, device: device.publicKey, to: target.name, toDevice: target.device };
  const signed = signObject('letter', { ...sender, kind, at: clock.now(), body }, device, primitives);
  return letterFrame(target, await sealLetter(target.exchange, JSON.stringify(signed), LETTER_INFO));
}

/** The session frame that carries a sealed letter. */
export function letterFrame({ name, device }: Target, body: string | null): object {
  const id = objectId('letter', `${(lastLetter += 1)}`, primitives);
  return { type: 'letter', id, to: name, device, fleeting: false, body };
}
let lastLetter = 0;

/** The conversation of alice and a persona. */
export function conversationWith({ identity }: Persona, target: Target): string {
  return pairConversation(identity.publicKey, target.key, primitives);
}

async function lookUp(stage: Stage): Promise<Target> {
  const { body } = await stage.server.get('/v1/users/alice');
  const { record } = body as { record: { payload: string } };
  const { name, key, devices } = JSON.parse(record.payload) as UserRecord;
  return { name, key, device: devices[0]?.device ?? '', exchange: devices[0]?.exchange ?? '' };
}

async function register(stage: Stage, { name, record }: Persona): Promise<void> {
  const { status } = await fetch(`http://${stage.server.address}/v1/users/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(record),
  });
  if (status !== 201) throw new Error(`${name} could not be registered: ${status}`);
}

async function befriendAlice({ stage, alice, target }: Field, persona: Persona): Promise<void> {
  const session = await SessionPeer.openAs(persona, stage.server.address);
  const body: FriendRequestLetter = { record: persona.record, epoch: 1, note: '' };
  session.say(JSON.stringify(await letterTo(persona, target, { kind: 'friend_request', body })));
  await alice.hears('friend_request', { from: persona.name });
  await alice.does(`accept ${persona.name}`);
  await session.close();
}
