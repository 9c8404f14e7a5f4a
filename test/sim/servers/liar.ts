// The liar: what it knows and has seen. It controls one name server, may control another for a time, and may stand
// between a client and that one.

import type { ServerFrame } from '../../../protocols/session/messages.js';
import type { UserRecord } from '../../../protocols/directory/record.js';
import { parseJson, toBase64url } from '../../../protocols/kit/bytes.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { LetterKey } from '../../../protocols/letters/letter-key.js';
import type { Random } from '../kernel/random.js';
import type { ServerEndpoint, SimulatedNetwork } from '../network/simulated-network.js';
import { Persona, type LetterReader } from './persona.js';
import type { Lies } from './servers-plan.js';

/**
 * `home`: the home server lies. `visited`: the liar's server, at its own address. `impostor`: the liar answers at the
 * address of the home server.
 */
export type Role = 'home' | 'visited' | 'impostor';

export type Delivery = Extract<ServerFrame, { type: 'deliver' }>;

export interface LiarOptions {
  readonly network: SimulatedNetwork;
  readonly random: Random;
  readonly lies: Lies;
  readonly homeOrigin: string;
  /** The real key of the home server. */
  readonly homeKey: string;
  /** The home server while it runs. */
  readonly home: () => ServerEndpoint | null;
  /** The server under the liar's own address. */
  readonly own: () => ServerEndpoint | null;
}

/** How many letters and proofs of a client the liar remembers. */
const REMEMBERED_MAX = 60;

export class Liar {
  readonly random: Random;
  private readonly personas = new Map<string, Persona>();
  private readonly letters = new Map<string, Delivery[]>();
  private readonly records = new Map<string, Signed[]>();
  private readonly proofs = new Map<string, Signed[]>();
  /** The newest letter key that each client has offered. */
  private readonly letterKeys = new Map<string, LetterKey>();
  /** The false keys that look-ups have stated, by client and name. */
  private readonly stated = new Map<string, Set<string>>();

  constructor(readonly options: LiarOptions) {
    this.random = options.random;
  }

  persona(name: string): Persona {
    const known = this.personas.get(name) ?? new Persona(name);
    this.personas.set(name, known);
    return known;
  }

  sawProof(client: string, proof: Signed): void {
    this.proofs.set(client, [...(this.proofs.get(client) ?? []), proof].slice(-REMEMBERED_MAX));
  }

  /** A proof of this client for an earlier session; null if there is none. */
  oldProof(client: string): Signed | null {
    const proofs = this.proofs.get(client) ?? [];
    return proofs.length === 0 ? null : this.random.pick(proofs);
  }

  sawRecord(name: string, record: Signed): void {
    this.records.set(name, [...(this.records.get(name) ?? []), record]);
  }

  sawLetter(client: string, letter: Delivery): void {
    this.letters.set(client, [...(this.letters.get(client) ?? []), letter].slice(-REMEMBERED_MAX));
  }

  sawLetterKey(client: string, { payload }: Signed): void {
    this.letterKeys.set(client, parseJson(payload) as LetterKey);
  }

  /** All records of this name that the liar has seen, oldest first. */
  recordsOf(name: string): readonly Signed[] {
    return this.records.get(name) ?? [];
  }

  allNames(): string[] {
    return [...this.records.keys()];
  }

  /** A look-up by this client states the liar's key for a name. */
  states(client: string, name: string): Persona {
    const persona = this.persona(name);
    const about = `${client} ${name}`;
    this.stated.set(about, new Set([...(this.stated.get(about) ?? []), persona.key]));
    return persona;
  }

  hasStated(client: string, name: string, key: string): boolean {
    return this.stated.get(`${client} ${name}`)?.has(key) ?? false;
  }

  /** An old letter to this client under a new id; null if there is none. */
  oldLetter(client: string): Delivery | null {
    const letters = this.letters.get(client) ?? [];
    return letters.length === 0 ? null : { ...this.random.pick(letters), id: this.freshId() };
  }

  /** A letter to this client that the liar wrote in the name of another user; null before the client offered a key. */
  forgedLetter(client: string): Delivery | null {
    const reader = this.reader(client);
    const others = this.allNames().filter((name) => name !== client);
    if (!reader || others.length === 0) return null;
    const persona = this.persona(this.random.pick(others));
    const to = { to: client, toDevice: reader.device };
    return this.deliver(client, persona, persona.message(to, reader.identity, this.now));
  }

  /** A delivery of a letter, sealed to the newest letter key of this client; null before the client offered one. */
  deliver(client: string, from: Persona, plain: string): Delivery | null {
    const reader = this.reader(client);
    if (!reader) return null;
    return { type: 'deliver', id: this.freshId(), from: from.name, at: this.now, body: from.seal(reader, plain) };
  }

  get now(): number {
    return Math.floor(this.options.network.run.timeline.now);
  }

  private reader(client: string): LetterReader | null {
    const letterKey = this.letterKeys.get(client);
    const record = this.newest(client);
    return letterKey && record ? { device: letterKey.device, identity: record.key, key: letterKey.key } : null;
  }

  private newest(name: string): UserRecord | null {
    const record = this.recordsOf(name).at(-1);
    return record ? (parseJson(record.payload) as UserRecord) : null;
  }

  freshId(): string {
    return toBase64url(this.random.bytes(16));
  }
}
