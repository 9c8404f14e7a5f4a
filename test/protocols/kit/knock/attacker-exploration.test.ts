// An exhaustive exploration of the knock against an active attacker. Bob dials honest users or the attacker; the
// attacker has connections of its own, holds every frame that reaches it, opens what it can, and delivers what it has,
// or can compose, on all of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Primitives, SecretKey } from '../../../../protocols/kit/primitives.js';
import { signObject, type Signed } from '../../../../protocols/kit/signed.js';
import { DiallerKnock } from '../../../../protocols/kit/knock/dialler-knock.js';
import {
  knockInfo,
  signKnock,
  type KnockCaller,
  type KnockConnection,
  type SealedKnock,
} from '../../../../protocols/kit/knock/knock-proof.js';
import { ListenerKnock, type ListenerKnockEffect } from '../../../../protocols/kit/knock/listener-knock.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';

/** Faults that are planted to show that the exploration can fail. */
const FAULTS = [
  'all connections have one exporter',
  'the listener accepts any signature of a caller',
  'the listener admits every caller',
  'the dialler accepts any signature of an answer',
  'the dialler seals to the key of the one that answers',
] as const;
type Fault = (typeof FAULTS)[number] | 'none';

interface User {
  readonly name: string;
  readonly device: SecretKey;
  readonly exchange: string;
  readonly record: Signed;
}

function user(name: string): User {
  const device = fakeKey(`${name} device`);
  const record = signObject('record', { name }, fakeKey(name), fakePrimitives);
  return { name, device, exchange: fakeKey(`${name} exchange`).publicKey, record };
}

const [alice, carol, bob, mallory] = [user('alice'), user('carol'), user('bob'), user('mallory')];
const LISTENERS = [alice, carol];
const USERS = [alice, carol, bob, mallory];

/** A TLS connection: who dialled, whom it wanted, and who is at the other end. */
interface Connection {
  readonly exporter: string;
  readonly dialler: User;
  readonly wanted: User;
  readonly reached: User;
}

/** The attacker redirects each dial of bob to itself or to any listener, and dials every listener twice. */
function connections(fault: Fault): Connection[] {
  const dials = [alice, carol, mallory].flatMap((wanted) =>
    [alice, carol, mallory].map((reached) => ({ dialler: bob, wanted, reached })),
  );
  const calls = [...LISTENERS, ...LISTENERS].map((wanted) => ({ dialler: mallory, wanted, reached: wanted }));
  const isOne = fault === 'all connections have one exporter';
  return [...dials, ...calls].map((each, nth) => ({ ...each, exporter: isOne ? 'exporter' : `exporter ${nth}` }));
}

interface Box {
  readonly exchange: string;
  readonly info: string;
  readonly plain: string;
}

/** What the attacker has, and what broke. Each set only grows, until nothing is new. */
class World {
  /** Sealed frames by their text; the attacker opens those to its own key only. */
  readonly boxes = new Map<string, Box>();
  readonly signatures = new Set<string>();
  readonly breaches = new Set<string>();
  private readonly lax: Primitives = { ...fakePrimitives, verify: () => true };

  constructor(
    readonly fault: Fault,
    /** Whom the listeners admit. */
    private readonly friends: readonly User[],
  ) {}

  /** What bob sends on his connection, to the one that he reached. */
  dial(at: Connection): void {
    const knock = this.dialler(at);
    const { exchange, plain, info } = knock.toSeal();
    const sealed = this.seal({ exchange, plain, info });
    if (at.reached !== mallory) this.deliver(at, sealed);
    if (exchange !== mallory.exchange) return;
    const { signature, device } = JSON.parse(plain) as SealedKnock;
    this.signatures.add(signature);
    if (at.wanted !== mallory && device === bob.device.publicKey)
      this.breaches.add('the attacker learns who dials another user');
  }

  /** Every knock that the attacker can give on its own connection. */
  knockAt(at: Connection): void {
    for (const sealed of [...this.boxes.keys()]) this.deliver(at, sealed);
    for (const { device, record } of USERS) {
      for (const signature of this.signaturesFor(at)) {
        const plain = JSON.stringify({ device: device.publicKey, record, signature } satisfies SealedKnock);
        const info = knockInfo({ exporter: at.exporter, listener: at.reached.device.publicKey });
        this.deliver(at, this.seal({ exchange: at.reached.exchange, plain, info }));
      }
    }
  }

  /** Every answer that the attacker can give to bob on a connection that reached the attacker. */
  answerAt(at: Connection): void {
    const dialler = this.dialler(at);
    const isTaken = [...this.signaturesFor(at)].some((signature) =>
      dialler.isAnswered(JSON.stringify({ type: 'knock_answer', signature })),
    );
    if (isTaken && at.wanted !== mallory) this.breaches.add('the dialler takes another for the one that it dialled');
  }

  private dialler({ exporter, wanted, reached }: Connection): DiallerKnock {
    const exchange = this.fault === 'the dialler seals to the key of the one that answers' ? reached : wanted;
    const primitives = this.fault === 'the dialler accepts any signature of an answer' ? this.lax : fakePrimitives;
    const listener = { device: wanted.device.publicKey, exchange: exchange.exchange };
    return new DiallerKnock({ exporter, device: bob.device, record: bob.record, listener, primitives });
  }

  private seal(box: Box): string {
    const text = `box ${JSON.stringify(box)}`;
    this.boxes.set(text, box);
    return text;
  }

  /** Signatures that the attacker has seen, and those that it can make for this connection. */
  private signaturesFor({ exporter }: Connection): Set<string> {
    const made = USERS.flatMap(({ device: { publicKey: dialler } }) =>
      USERS.flatMap(({ device: { publicKey: listener } }) =>
        (['dialler', 'listener'] as const).map((role) =>
          signKnock(role, { exporter, dialler, listener } satisfies KnockConnection, mallory.device, fakePrimitives),
        ),
      ),
    );
    return new Set([...this.signatures, ...made]);
  }

  private deliver(at: Connection, sealed: string): void {
    const primitives = this.fault === 'the listener accepts any signature of a caller' ? this.lax : fakePrimitives;
    const knock = new ListenerKnock({ exporter: at.exporter, device: at.reached.device, primitives });
    let effects = knock.handle({ type: 'frame', text: JSON.stringify({ type: 'knock', sealed }) });
    for (let effect = effects.shift(); effect; effect = effects.shift()) {
      if (effect.type === 'answer') return this.answered(at, effect);
      effects = knock.handle(
        effect.type === 'unseal'
          ? { type: 'unsealed', plain: this.opened(effect, at.reached) }
          : { type: 'judged', mayKnow: this.mayKnow(effect.caller) },
      );
    }
  }

  private opened({ sealed, info }: Extract<ListenerKnockEffect, { type: 'unseal' }>, by: User): string | null {
    const box = this.boxes.get(sealed);
    return box?.exchange === by.exchange && box.info === info ? box.plain : null;
  }

  private mayKnow({ device }: KnockCaller): boolean {
    const isFriend = this.friends.some((friend) => friend.device.publicKey === device);
    return isFriend || this.fault === 'the listener admits every caller';
  }

  private answered(at: Connection, { frame, peerKey }: Extract<ListenerKnockEffect, { type: 'answer' }>): void {
    const { dialler, wanted, reached } = at;
    this.signatures.add(frame.signature);
    if (peerKey !== dialler.device.publicKey) this.breaches.add('the listener takes the attacker for another');
    if (dialler === mallory && !this.friends.includes(mallory))
      this.breaches.add('the listener tells a stranger who it is');
    if (dialler === bob && wanted !== reached) this.breaches.add('the listener answers a knock at another');
  }
}

/** Runs the honest code of both ends over everything that the attacker can do, until it can do nothing new. */
function explore(fault: Fault, friends: readonly User[]): string[] {
  const world = new World(fault, friends);
  const all = connections(fault);
  const dials = all.filter(({ dialler }) => dialler === bob);
  const size = (): number => world.boxes.size + world.signatures.size + world.breaches.size;
  for (let before = -1; before !== size();) {
    before = size();
    for (const at of dials) world.dial(at);
    for (const at of all) if (at.dialler === mallory) world.knockAt(at);
    for (const at of dials) if (at.reached === mallory) world.answerAt(at);
  }
  return [...world.breaches];
}

for (const friends of [[bob], [bob, mallory]]) {
  const names = friends.map(({ name }) => name).join(' and ');
  test(`[LINK-22] [LINK-24] with ${names} as friends, no relay, replay or forgery passes a knock`, () => {
    assert.deepEqual(explore('none', friends), []);
  });
}

for (const fault of FAULTS) {
  test(`the exploration finds that ${fault}`, () => {
    assert.notDeepEqual(explore(fault, [bob]), []);
  });
}
