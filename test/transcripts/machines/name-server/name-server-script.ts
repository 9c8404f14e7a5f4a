// The core of a name server under the commands of a transcript: fake keys, a store in memory, time passes on command,
// and effects are written as sentences.

import { NameServerCore } from '../../../../nameserver/core.js';
import type { ServerEffect, ServerInput } from '../../../../nameserver/io.js';
import { MemoryRegistryStore } from '../../../../nameserver/store/memory-registry-store.js';
import { toBase64url, utf8 } from '../../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { signRecord } from '../../../../protocols/directory/record-signing.js';
import type { SecretKey } from '../../../../protocols/kit/primitives.js';
import { signObject } from '../../../../protocols/kit/signed.js';
import type { ServerProof } from '../../../../protocols/kit/server-proof/messages.js';
import { claimOf, hello, offerIn, ORIGIN } from '../../../nameserver/session-offer.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { EffectText } from './effect-text.js';

const SERVER = fakeKey('name server');
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, days: 24 * 60 * 60_000 };
const START_TIME = 1_000_000;

export class NameServerScript {
  private now = START_TIME;
  private readonly store = new MemoryRegistryStore();
  private core = this.newCore();
  private readonly text = new EffectText();
  private readonly versions = new Map<string, number>();
  private readonly boots = new Map<string, number>();
  private readonly offers = new Map<number, ServerProof>();
  private randomNumbers = 0;

  private readonly commands: Readonly<Record<string, (...words: string[]) => readonly string[]>> = {
    register: (user = '', ...devices) => this.register(user, devices),
    unregister: (user = '') => this.register(user, []),
    connect: (session = '', address = '192.0.2.1') => this.connect(session, address),
    disconnect: (session = '') => this.put({ type: 'closed', session: numberOf(session) }),
    prove: (session = '', device = '', boot = '') => this.prove(session, device, boot),
    watch: (session = '', ...names) => this.frame(session, { type: 'watch', names }),
    pong: (session = '') => this.frame(session, { type: 'pong' }),
    send: (session = '', to = '', ...words) => this.letter(session, to, words.join(' '), false),
    offer: (session = '', to = '') => this.letter(session, to, 'where I can be reached', true),
    done: (session = '', letter = '') => this.frame(session, { type: 'done', id: this.text.idOf(letter) }),
    nonsense: (session = '') => this.frame(session, { type: 'dance' }),
    look: (_up = '', user = '') => [this.text.lookUp(this.core.registry.user(user), START_TIME)],
    pass: (amount = '', unit = '') => this.pass(Number(amount) * (UNIT_MS[unit] ?? NaN)),
    restart: () => this.restart(),
  };

  /** One command of the table above: `register alice laptop`, `prove s1 alice/laptop`, `pass 15 s`, … */
  run(command: string): readonly string[] {
    const [verb = '', ...words] = command.split(' ');
    const run = this.commands[verb];
    if (!run) throw new Error(`unknown command: ${command}`);
    return run(...words);
  }

  private register(name: string, devices: readonly string[]): string[] {
    const version = (this.versions.get(name) ?? 0) + 1;
    this.versions.set(name, version);
    const listed = devices.map((device) => ({
      device: keyOf(`${name}/${device}`),
      exchange: fakeKey(`exchange ${name}/${device}`).publicKey,
      since: 0,
    }));
    const identity = fakeKey(`identity ${name}`);
    const record = { name, version, identity, devices: listed, previous: null, at: 0 };
    const signed = signRecord(record, fakePrimitives);
    return this.put({ type: 'register', ref: version, name, record: signed, invite: null, network: '192.0.2.0/24' });
  }

  private connect(session: string, address: string): string[] {
    return this.put({ type: 'opened', session: numberOf(session), address, exporter: null, hello: hello() });
  }

  private prove(session: string, device: string, typedBoot: string): string[] {
    const [name = ''] = device.split('/');
    const boot = typedBoot === '' ? (this.boots.get(device) ?? 0) + 1 : Number(typedBoot.replace('boot', ''));
    this.boots.set(device, boot);
    const offer = this.offers.get(numberOf(session));
    const proof = { ...(offer && claimOf(offer)), name, device: deviceKey(device), boot };
    const key = keyOf(device);
    return this.frame(session, { type: 'session', proof: signObject('session', proof, key, fakePrimitives) });
  }

  private letter(session: string, to: string, text: string, fleeting: boolean): string[] {
    const [name = ''] = to.split('/');
    const body = toBase64url(utf8(text));
    const id = toBase64url(this.randomBytes(16));
    return this.frame(session, { type: 'letter', id, to: name, device: deviceKey(to), fleeting, body });
  }

  private frame(session: string, frame: object): string[] {
    return this.put({ type: 'frame', session: numberOf(session), frame });
  }

  /** Wakes the core whenever it asks for it; each effect is written with the time since the command. */
  private pass(ms: number): string[] {
    const [start, end] = [this.now, this.now + ms];
    const lines: string[] = [];
    for (let at = this.core.wakeAt(); at !== null && at <= end; at = this.core.wakeAt()) {
      this.now = Math.max(this.now, at);
      const seconds = (this.now - start) / 1_000;
      lines.push(...this.put({ type: 'wake' }).map((line) => `after ${seconds} s: ${line}`));
    }
    this.now = end;
    return lines;
  }

  /** The process ends and starts again with the same store: sessions are gone. */
  private restart(): string[] {
    this.core = this.newCore();
    return [];
  }

  private put(input: ServerInput): string[] {
    const letters = this.letterCount();
    const effects = this.store.transaction(() => this.core.handle(input, this.now));
    return [...changeText(this.letterCount() - letters), ...effects.map((effect) => this.effect(effect))];
  }

  private effect(effect: ServerEffect): string {
    if (effect.type === 'send' && effect.frame.type === 'challenge')
      this.offers.set(effect.session, offerIn(effect.frame));
    return this.text.of(effect);
  }

  private letterCount(): number {
    return [...this.versions.keys()].reduce((sum, name) => sum + this.store.waitingFor(name).letters, 0);
  }

  private newCore(): NameServerCore {
    return new NameServerCore({
      store: this.store,
      primitives: fakePrimitives,
      random: { fraction: () => 0.5, bytes: (length) => this.randomBytes(length) },
      serverKey: SERVER,
      isOwnOrigin: (origin) => origin === ORIGIN,
      inviteKey: null,
      heldMs: LIMITS.heldMs,
      heldBytes: LIMITS.heldBytesPerRecipient,
      areNetworksLimited: true,
    });
  }

  private randomBytes(length: number): Uint8Array {
    this.randomNumbers += 1;
    return fakePrimitives.sha512(utf8(`random ${this.randomNumbers}`)).slice(0, length);
  }
}

function changeText(letters: number): string[] {
  if (letters === 0) return [];
  const count = Math.abs(letters);
  return [`on disk: ${count} ${count === 1 ? 'letter' : 'letters'} ${letters > 0 ? 'stored' : 'deleted'}`];
}

function deviceKey(device: string): string {
  return keyOf(device).publicKey;
}

function keyOf(device: string): SecretKey {
  return fakeKey(`device ${device}`);
}

function numberOf(session: string): number {
  return Number(session.replace(/^s/, ''));
}
