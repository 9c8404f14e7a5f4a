// The numbers of peers and devices in the rows of messages. All are cached in memory.

import { assert } from '../../../../protocols/kit/machine.js';
import type { Database } from '../../../../runtime/sqlite.js';

/** A mapping between texts and numbers, in both directions. */
class Numbering {
  private readonly numbers = new Map<string, number>();
  private readonly texts = new Map<number, string>();

  set(text: string, number: number): number {
    this.numbers.set(text, number);
    this.texts.set(number, text);
    return number;
  }

  number(text: string): number | null {
    return this.numbers.get(text) ?? null;
  }

  text(number: number): string {
    const text = this.texts.get(number);
    assert(text !== undefined, 'every number in a message is assigned');
    return text;
  }

  get size(): number {
    return this.numbers.size;
  }
}

/** The first characters of a key that make the number of its device, with seven bits each: keys are ASCII. */
const PREFIX_CHARACTERS = 6;
const NUMBERS = 2 ** (7 * PREFIX_CHARACTERS);

export class NameNumbers {
  private peers = new Numbering();
  private devices = new Numbering();

  constructor(private readonly database: Database) {
    this.reload();
  }

  /** Reads all numbers again: a rollback may have undone assignments. */
  reload(): void {
    this.peers = new Numbering();
    this.devices = new Numbering();
    const peers = this.database.prepare<{ peer: number; name: string }>('SELECT peer, name FROM peers');
    for (const { peer, name } of peers.all()) this.peers.set(name, peer);
    const devices = this.database.prepare<{ device: number; key: string }>('SELECT device, key FROM devices');
    for (const { device, key } of devices.all()) this.devices.set(key, device);
  }

  /** The number of a peer; null if it has none, because no message was ever stored for it. */
  peer(name: string): number | null {
    return this.peers.number(name);
  }

  device(key: string): number | null {
    return this.devices.number(key);
  }

  peerName(peer: number): string {
    return this.peers.text(peer);
  }

  deviceKey(device: number): string {
    return this.devices.text(device);
  }

  /** The number of a peer, assigned now if it has none. */
  numberPeer(name: string): number {
    const known = this.peers.number(name);
    if (known !== null) return known;
    const peer = this.peers.size + 1;
    this.database.prepare('INSERT INTO peers (peer, name) VALUES (?, ?)').run(peer, name);
    return this.peers.set(name, peer);
  }

  numberDevice(key: string): number {
    const known = this.devices.number(key);
    if (known !== null) return known;
    const device = this.numberBetweenNeighbours(key);
    this.database.prepare('INSERT INTO devices (device, key) VALUES (?, ?)').run(device, key);
    return this.devices.set(key, device);
  }

  /** A number that sorts among the numbers of the other devices as the key sorts among their keys. */
  private numberBetweenNeighbours(key: string): number {
    const below = this.neighbour('SELECT device FROM devices WHERE key < ? ORDER BY key DESC LIMIT 1', key) ?? -1;
    const above = this.neighbour('SELECT device FROM devices WHERE key > ? ORDER BY key LIMIT 1', key) ?? NUMBERS;
    const wanted = prefixNumber(key);
    if (below < wanted && wanted < above) return wanted;
    const between = Math.floor((below + above) / 2);
    assert(below < between, 'keys are random, so there is a free number between any two');
    return between;
  }

  private neighbour(sql: string, key: string): number | undefined {
    return this.database.prepare<{ device: number }>(sql).get(key)?.device;
  }
}

/** The first characters of a key as a number. A smaller key never gives a greater number. */
function prefixNumber(key: string): number {
  let wanted = 0;
  for (let at = 0; at < PREFIX_CHARACTERS; at += 1) {
    wanted = wanted * 128 + (at < key.length ? Math.min(key.charCodeAt(at), 127) : 0);
  }
  return wanted;
}
