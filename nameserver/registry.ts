// The registry of users: stores the newest signed record of each user and answers look-ups.

import { parseJson } from '../protocols/kit/bytes.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { assert, earlier, type Instant } from '../protocols/kit/machine.js';
import { canonicalName } from '../protocols/kit/names.js';
import type { Primitives } from '../protocols/kit/primitives.js';
import { Refusal, type Outcome } from '../protocols/kit/refusals.js';
import { Signed } from '../protocols/kit/signed.js';
import { compileShape } from '../protocols/kit/shapes.js';
import {
  isNameFree,
  verifyRecord,
  type StoredRecord,
  type VerifiedRecord,
} from '../protocols/directory/record-verification.js';
import { invitationProof, isSameProof } from '../protocols/directory/invitation.js';
import { isTombstone, recordShape, type UserRecord } from '../protocols/directory/record.js';
import type { PresenceTracker } from '../protocols/presence/presence-tracker.js';
import { tooMany, type Budgets } from './budgets.js';
import type { ServingTime } from './store/serving-time.js';
import type { Space } from './space/space.js';
import type { RegistryStore, StoredDevice, StoredUser } from './store/registry-store.js';

const signedShape = compileShape(Signed);

export interface RegistryOptions {
  readonly store: RegistryStore;
  readonly primitives: Primitives;
  readonly presence: PresenceTracker;
  /** The key of the proofs that a new name requires [DIR-24]. null: registration is open. */
  readonly inviteKey: Uint8Array | null;
  readonly budgets: Pick<Budgets, 'newNames' | 'renewals' | 'inviteGuesses'>;
  readonly space: Space;
  readonly servingTime: ServingTime;
}

/** The result of a look-up. `key`: the identity key. */
export interface UserLookup {
  readonly name: string;
  readonly key: string;
  readonly online: boolean;
  readonly lastSeen: Instant | null;
  readonly record: Signed;
}

/** A request to register a name or to renew its record. `name` is as typed; `record` is not verified. */
export interface RegistrationRequest {
  readonly name: string;
  readonly record: unknown;
  /** The proof that the client knows the invitation code. */
  readonly invite: string | null;
  /** The network of the client, for its budget. */
  readonly network: string;
}

export class Registry {
  /** The serving time at which the next name that was never used expires, or null. Never too late. */
  private unseenAt: Instant | null;

  constructor(private readonly options: RegistryOptions) {
    this.unseenAt = this.nextUnseenAt();
  }

  register(request: RegistrationRequest, now: Instant): Outcome<VerifiedRecord> {
    const { store, primitives, servingTime } = this.options;
    const name = canonicalName(request.name);
    const user = name === null ? null : store.user(name);
    const held = user && storedRecord(user);
    const refusal = this.inviteRefusal(held, request, now);
    if (refusal !== null) return refusal;
    const verified = verifyRecord(held, request.record, { name: request.name, now: servingTime.now, primitives });
    if (verified instanceof Refusal || verified.change === 'same') return verified;
    if (verified.change === 'new' && this.options.space.isLow) return new Refusal('SERVER_FULL', 'new names');
    const waitMs = this.spend(verified, request.network, now);
    if (waitMs > 0) return tooMany(waitMs);
    this.store(verified, user);
    return verified;
  }

  wakeAt(): Instant | null {
    return this.options.servingTime.dateOf(this.unseenAt);
  }

  /** Removes names whose users never had a session [LOAD-12], and returns them. */
  wake(): string[] {
    const { now } = this.options.servingTime;
    if (this.unseenAt === null || now < this.unseenAt) return [];
    const names = this.options.store.unseenUsers(now - LIMITS.nameUnseenMs, LIMITS.unseenNamesPerTurn);
    for (const name of names) this.options.store.removeUser(name);
    this.unseenAt = this.nextUnseenAt();
    return names;
  }

  /** Looks a user up by a name as typed. */
  user(name: string): Outcome<UserLookup> {
    const canonical = canonicalName(name);
    const user = canonical === null ? null : this.options.store.user(canonical);
    const record = user && recordOf(user.signed);
    if (user === null || record === null || isTombstone(record)) return new Refusal('USER_UNKNOWN', name.slice(0, 64));
    const online = this.options.presence.isOnline(record.name);
    return { name: record.name, key: record.key, online, lastSeen: user.lastSeen, record: user.signed };
  }

  /**
   * Only a new name needs the invite code: a registered user may renew or unregister without it. A wrong proof costs
   * the budget of guesses, and beyond that no proof is compared [LOAD-8].
   */
  private inviteRefusal(
    held: StoredRecord | null,
    { invite, record, network }: RegistrationRequest,
    now: Instant,
  ): Refusal | null {
    const { inviteKey, primitives, budgets, servingTime } = this.options;
    const isMember = held !== null && !isTombstone(held.record) && !isNameFree(held, servingTime.now);
    if (inviteKey === null || isMember) return null;
    if (invite === null || !signedShape.accepts(record)) return new Refusal('INVITE_NEEDED');
    const waitMs = budgets.inviteGuesses.waitMs(network, now);
    if (waitMs > 0) return tooMany(waitMs);
    if (isSameProof(invite, invitationProof(inviteKey, record, primitives))) return null;
    budgets.inviteGuesses.spend(network, now);
    return new Refusal('INVITE_NEEDED');
  }

  /** Charges the budget for a verified change [LOAD-2]. Giving a name up is free. Returns the wait in ms, or 0. */
  private spend({ change, record }: VerifiedRecord, network: string, now: Instant): number {
    const { newNames, renewals } = this.options.budgets;
    if (isTombstone(record)) return 0;
    return change === 'new' ? newNames.spend(network, now) : renewals.spend(record.name, now);
  }

  private nextUnseenAt(): Instant | null {
    const oldest = this.options.store.oldestUnseen();
    return oldest === null ? null : oldest + LIMITS.nameUnseenMs + 1;
  }

  private store(verified: VerifiedRecord, user: StoredUser | null): void {
    const { store, servingTime } = this.options;
    const { now } = servingTime;
    const { record, signed } = verified;
    // A record of another key never replaces one in force, so this runs before any other user can register the name.
    if (isTombstone(record)) store.forget(record.name);
    const isKept =
      user === null
        ? store.createUser(record.name, signed, now)
        : store.putUser(record.name, { signed, storedAt: now }, user.revision);
    assert(isKept, 'only this transaction writes records');
    this.storeDevices(record, now);
    this.unseenAt = earlier(this.unseenAt, now + LIMITS.nameUnseenMs + 1);
  }

  /** Retires devices that the record no longer lists, and moves their letters to its first device [SESS-18]. */
  private storeDevices(record: UserRecord, now: Instant): void {
    const { store } = this.options;
    const { name } = record;
    const known = new Map(store.devices(name).map((device) => [device.device, device]));
    for (const { device } of record.devices) {
      const { boot = 0, proof = null } = known.get(device) ?? {};
      store.putDevice(name, { device, boot, proof, retiredAt: null });
      known.delete(device);
    }
    const first = record.devices[0]?.device;
    for (const { device, boot, proof, retiredAt } of known.values()) {
      store.putDevice(name, { device, boot, proof, retiredAt: retiredAt ?? now });
      if (first !== undefined) store.moveLetters({ name, device }, first);
    }
    this.dropOldDevices(name, [...known.values()]);
  }

  /** `retired`: unlisted devices, in the order in which they were first stored. */
  private dropOldDevices(name: string, retired: readonly StoredDevice[]): void {
    const tooMany = Math.max(0, retired.length - LIMITS.retiredDevicesPerUser);
    for (const { device } of retired.slice(0, tooMany)) this.options.store.removeDevice(name, device);
  }
}

function storedRecord(user: StoredUser): StoredRecord {
  return { record: recordOf(user.signed), signed: user.signed, storedAt: user.storedAt };
}

/** Parses a record that was verified before it was stored. */
function recordOf(signed: Signed): UserRecord {
  const record = parseJson(signed.payload);
  assert(recordShape.accepts(record), 'a stored record was verified when it arrived');
  return record;
}
