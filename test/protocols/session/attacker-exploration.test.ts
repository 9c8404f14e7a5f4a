// An exhaustive exploration of the handshake against an active attacker. One client dials an honest server or the
// attacker's; the attacker holds every frame, and may deliver, replay or rewrite it at either server, in any order.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import { verifyProof } from '../../../protocols/session/handshake.js';
import { signOffer, verifyServer } from '../../../protocols/kit/server-proof/server-proof.js';
import { readHello, sessionHello } from '../../../protocols/session/hello.js';
import type { ServerFrame } from '../../../protocols/session/messages.js';
import type { ServerProof } from '../../../protocols/kit/server-proof/messages.js';
import { fakeKey, fakePrimitives } from '../../sim/kernel/fake-primitives.js';

/** Faults that are planted to show that the exploration can fail. */
type Fault = 'none' | 'client skips the proof of the server' | 'server ignores the origin';

type Challenge = Extract<ServerFrame, { type: 'challenge' }>;

const [KEY, OTHER_KEY, ATTACKER] = [fakeKey('server'), fakeKey('second server'), fakeKey('attacker')];
const SERVERS = [
  { key: KEY, origin: 'http://one.test' },
  { key: OTHER_KEY, origin: 'http://two.test' },
];
const EVIL = 'http://evil.test';
const DIALLED = ['http://one.test', 'http://two.test', EVIL];
const DEVICE = fakeKey('device');
const NONCES = ['n'.repeat(42) + 'A', 'm'.repeat(42) + 'A'];

/** Runs the honest code of each end over every way in which the attacker can route one handshake. Gives what broke. */
function explore(fault: Fault): string[] {
  const situations = DIALLED.flatMap((dialled) =>
    challengesFor(dialled, fault).flatMap((challenge) =>
      [null, KEY.publicKey].map((pinned): Situation => ({ dialled, pinned, challenge })),
    ),
  );
  return [...new Set(situations.flatMap((situation) => judge(situation, fault)))];
}

/** What the attacker can show to a client that dialled this origin: answers of all servers to hellos of all kinds. */
function challengesFor(dialled: string, fault: Fault): { shown: Challenge; offer: ServerProof }[] {
  const honest = SERVERS.flatMap((server, at) =>
    DIALLED.flatMap((origin) => NONCES.map((nonce) => answerOf(server, { origin, nonce }, { fault, at }))),
  );
  const forged = [KEY, ATTACKER].map((stated) => {
    const offer = {
      server: stated.publicKey,
      origin: dialled,
      nonce: NONCES[0] ?? '',
      challenge: at(0),
      exporter: null,
    };
    const proof = signObject('session_offer', offer, ATTACKER, fakePrimitives);
    return { shown: { type: 'challenge', server: stated.publicKey, proof } as const, offer };
  });
  return [...honest.flatMap((answer) => (answer === null ? [] : [answer])), ...forged];
}

/** The challenge of the server with this number. */
function at(number: number): string {
  return String(number).repeat(42) + 'A';
}

function answerOf(
  { key, origin: own }: (typeof SERVERS)[number],
  { origin, nonce }: { origin: string; nonce: string },
  { fault, at: number }: { fault: Fault; at: number },
): { shown: Challenge; offer: ServerProof } | null {
  const isOwnOrigin = (asked: string): boolean => fault === 'server ignores the origin' || asked === own;
  const hello = readHello(sessionHello(nonce, origin), isOwnOrigin);
  if (hello instanceof Refusal) return null;
  const { frame, offer } = signOffer(hello, {
    type: 'session_offer',
    serverKey: key,
    exporter: null,
    primitives: fakePrimitives,
    random: { fraction: () => 0, bytes: () => new Uint8Array(32).fill(number) },
  });
  return { shown: frame, offer };
}

interface Situation {
  readonly dialled: string;
  readonly pinned: string | null;
  readonly challenge: { readonly shown: Challenge; readonly offer: ServerProof };
}

/** Lets the client answer one challenge, and shows its proof to every session of every server. */
function judge({ dialled, pinned, challenge: { shown } }: Situation, fault: Fault): string[] {
  const connection = { nonce: NONCES[0] ?? '', origin: dialled, exporter: null };
  const verified = verifyServer(shown, connection, fakePrimitives);
  const offer = fault === 'client skips the proof of the server' ? unverified(shown) : verified;
  if (offer === null || (pinned !== null && pinned !== offer.server)) return [];
  const breaches: string[] = [];
  const holder = SERVERS.find(({ key }) => key.publicKey === offer.server);
  if (holder && holder.origin !== dialled) breaches.push('the client pins the key of a server that it did not dial');
  const proof = proofOf(offer);
  const opened = SERVERS.filter((server) => sessionsOf(server, fault).some((open) => isWelcome(proof, open)));
  if (opened.some(({ origin }) => origin !== dialled))
    breaches.push('a server opens a session for a client that did not dial it');
  return breaches;
}

function unverified(shown: Challenge): ServerProof {
  return JSON.parse(shown.proof.payload) as ServerProof;
}

function proofOf({ server, origin, challenge, exporter }: ServerProof): Signed {
  const bound = { server, origin, challenge, exporter };
  const proof = { ...bound, name: 'alice', device: DEVICE.publicKey, boot: 1 };
  return signObject('session', proof, DEVICE, fakePrimitives);
}

/** What a server may have signed in sessions that the attacker has opened. */
function sessionsOf(server: (typeof SERVERS)[number], fault: Fault): ServerProof[] {
  const number = SERVERS.indexOf(server);
  return DIALLED.flatMap((origin) => {
    const answer = answerOf(server, { origin, nonce: NONCES[0] ?? '' }, { fault, at: number });
    return answer === null ? [] : [answer.offer];
  });
}

function isWelcome(proof: Signed, offer: ServerProof): boolean {
  const devicesOf = (): string[] => [DEVICE.publicKey];
  return !(verifyProof(proof, { offer, primitives: fakePrimitives, devicesOf, bootOf: () => 0 }) instanceof Refusal);
}

test('[SESS-22] [SESS-23] no routing of frames opens a session at a server that the client did not dial', () => {
  assert.deepEqual(explore('none'), []);
});

test('the exploration finds an unverified server and an unchecked origin', () => {
  assert.notDeepEqual(explore('client skips the proof of the server'), []);
  assert.notDeepEqual(explore('server ignores the origin'), []);
});
