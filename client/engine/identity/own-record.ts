// Our own record (protocols/directory): made at the first start, kept in the store, followed when the name server has
// a newer one of ours.

import { isTombstone, type ListedDevice, type UserRecord } from '../../../protocols/directory/record.js';
import { signRecord, type DeviceToList } from '../../../protocols/directory/record-signing.js';
import { readRecord } from '../../../protocols/directory/record-verification.js';
import { assert } from '../../../protocols/kit/machine.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { compileShape } from '../../../protocols/kit/shapes.js';
import { objectId, Signed } from '../../../protocols/kit/signed.js';
import type { Context } from '../core/context.js';
import { SETTINGS } from '../core/settings.js';

const signedShape = compileShape(Signed);

export class OwnRecord {
  /** The devices that the record listed before this one took over, in the first run of this device; else null. */
  readonly replaced: readonly ListedDevice[] | null;
  private current: Signed;
  private opened: UserRecord;

  constructor(private readonly context: Context) {
    const kept = context.store.setting(SETTINGS.record);
    this.current = kept === null ? this.sign(1, null, this.devices()) : readSigned(kept);
    this.opened = this.open(this.current);
    if (kept === null) this.keep(this.current);
    const before = this.opened.devices;
    this.replaced = this.nameDevice() ? before : null;
  }

  /** The signed record that speaks for us now. */
  get signed(): Signed {
    return this.current;
  }

  /** The devices that the record lists. */
  get devicesListed(): readonly ListedDevice[] {
    return this.opened.devices;
  }

  /**
   * False while this device is new and the name server does not have its record. No peer may see that record before: if
   * it were lost with this disk, the next device would have to use its number again, and friends would believe neither.
   */
  get isAnnounced(): boolean {
    return this.context.store.setting(SETTINGS.unannounced) !== 'true';
  }

  /** False where this device is the first of this user. */
  get wasRenewed(): boolean {
    return this.context.store.setting(SETTINGS.unannounced) !== null;
  }

  setAnnounced(isAnnounced: boolean): void {
    this.context.store.putSetting(SETTINGS.unannounced, String(!isAnnounced));
  }

  /** True where our record must change before we can go online, and cannot while the identity key is locked. */
  get waitsForIdentity(): boolean {
    return this.context.me.isIdentityLocked && isTombstone(this.opened);
  }

  /** Replaces a tombstone by a record that lists our device. */
  revive(): void {
    if (isTombstone(this.opened)) this.keep(this.successor(this.opened.version, this.current, this.devices()));
  }

  /** A signed tombstone that gives the name up (SPEC DIR-7). Our record does not change before `buried`. */
  tombstone(): Signed {
    return this.successor(this.opened.version, this.current, []);
  }

  /** The name server has our tombstone: a later return needs its version. */
  buried(tombstone: Signed): void {
    this.keep(tombstone);
  }

  /**
   * The name server has a later record that it does not show: our own tombstone, of which we lost the answer. Versions
   * rise by one at a time, so the time in ms is higher than any of them.
   */
  leap(): void {
    const version = Math.max(this.opened.version, this.context.now);
    this.keep(this.successor(version, this.current, this.devices(this.since)));
  }

  /** Makes ours the successor of a record that the name server has. False if that is not signed by our key. */
  follow(held: Signed): boolean {
    const record = this.readOwn(held);
    if (record === null || record.version < this.opened.version) return false;
    this.keep(this.successor(record.version, held, this.devices(this.since)));
    return true;
  }

  /** True where a later record of ours lists other devices only: our data is a stale copy. */
  isSuperseded(held: Signed): boolean {
    const record = this.readOwn(held);
    if (record === null || record.version <= this.opened.version || isTombstone(record)) return false;
    return record.devices.every(({ device }) => device !== this.context.me.device.publicKey);
  }

  /** Makes the record list the present device, before any other part reads it. False if it did already. */
  private nameDevice(): boolean {
    const { me } = this.context;
    const isNamed = this.opened.devices.some(({ device }) => device === me.device.publicKey);
    if (isNamed || isTombstone(this.opened)) return false;
    this.keep(this.successor(this.opened.version, this.current, this.devices()));
    this.setAnnounced(false);
    return true;
  }

  private successor(version: number, previous: Signed, devices: DeviceToList[]): Signed {
    return this.sign(version + 1, objectId('record', previous.payload, this.context.primitives), devices);
  }

  private keep(signed: Signed): void {
    this.current = signed;
    this.opened = this.open(signed);
    this.context.store.putSetting(SETTINGS.record, JSON.stringify(signed));
  }

  private open(signed: Signed): UserRecord {
    const record = this.readOwn(signed);
    assert(record !== null, 'our own record is signed by our own key');
    return record;
  }

  /** A record that our identity key signed, null for any other. */
  private readOwn(signed: Signed): UserRecord | null {
    const { me, primitives } = this.context;
    const record = readRecord(signed, primitives);
    return record?.key === me.identity.publicKey ? record : null;
  }

  private devices(since = this.context.now): DeviceToList[] {
    const { me } = this.context;
    return [{ device: me.device, exchange: me.exchange, since }];
  }

  /** Since when the present device is listed. */
  private get since(): number {
    const listed = this.opened.devices.find(({ device }) => device === this.context.me.device.publicKey);
    return listed?.since ?? this.context.now;
  }

  private sign(version: number, previous: string | null, devices: DeviceToList[]): Signed {
    const { me, primitives, now } = this.context;
    assert(!me.isIdentityLocked, 'callers ask first whether the identity key is locked');
    return signRecord({ name: me.name, version, identity: me.identity, devices, previous, at: now }, primitives);
  }
}

function readSigned(kept: string): Signed {
  const signed = parseJson(kept);
  assert(signedShape.accepts(signed), 'our own record was kept whole');
  return signed;
}
