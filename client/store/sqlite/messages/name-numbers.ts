// The small numbers that stand for peers and devices in messages. All of them are in memory; the tables follow.

import { assert } from '../../../../protocols/kit/machine.js';
import type { Database } from '../../../../runtime/sqlite.js';

/** Numbers and the texts they stand for. */
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
    assert(text !== undefined, 'every number in a message stands for something');
    return text;
  }

  get size(): number {
    return this.numbers.size;
  }
}

/** Digits of a device's place: seven bits of each of the first characters of its key, which are ASCII. */
const PLACE_CHARACTERS = 6;
const PLACES = 2 ** (7 * PLACE_CHARACTERS);

export class NameNumbers {
  private peers = new Numbering();
  private devices = new Numbering();

  constructor(private readonly database: Database) {
    this.reload();
  }

  /** Reads all names again: after a rollback, some that were given do not exist. */
  reload(): void {
    this.peers = new Numbering();
    this.devices = new Numbering();
    const peers = this.database.prepare<{ peer: number; name: string }>('SELECT peer, name FROM peers');
    for (const { peer, name } of peers.all()) this.peers.set(name, peer);
    const devices = this.database.prepare<{ device: number; key: string }>('SELECT device, key FROM devices');
    for (const { device, key } of devices.all()) this.devices.set(key, device);
  }

  /** The number of a peer, null if no message was ever stored under that name. */
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

  /** The number of a peer, given now if it has none. */
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
    const device = this.placeBetweenNeighbours(key);
    this.database.prepare('INSERT INTO devices (device, key) VALUES (?, ?)').run(device, key);
    return this.devices.set(key, device);
  }

  /** A number that sorts among those of the other devices as the key does among their keys. */
  private placeBetweenNeighbours(key: string): number {
    const below = this.neighbour('SELECT device FROM devices WHERE key < ? ORDER BY key DESC LIMIT 1', key) ?? -1;
    const above = this.neighbour('SELECT device FROM devices WHERE key > ? ORDER BY key LIMIT 1', key) ?? PLACES;
    const place = placeOf(key);
    if (below < place && place < above) return place;
    const between = Math.floor((below + above) / 2);
    assert(below < between, 'keys are random, so there is room between any two');
    return between;
  }

  private neighbour(sql: string, key: string): number | undefined {
    return this.database.prepare<{ device: number }>(sql).get(key)?.device;
  }
}

/** The first characters of a key as a number: never greater for the lesser of two keys. */
function placeOf(key: string): number {
  let place = 0;
  for (let at = 0; at < PLACE_CHARACTERS; at += 1) {
    place = place * 128 + (at < key.length ? Math.min(key.charCodeAt(at), 127) : 0);
  }
  return place;
}
