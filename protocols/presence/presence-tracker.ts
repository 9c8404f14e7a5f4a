// Tracks which users are online, by leases of their sessions, and decides which sessions to notify (SPEC.md).
// The caller reports only sessions that have proven their identity.

import { LIMITS } from '../kit/limits.js';
import { earlier, assertNever, type Instant, type Machine } from '../kit/machine.js';
import { Deadlines } from '../kit/bounds/deadlines.js';
import { SortedNames } from './sorted-names.js';
import { Watches } from './watches.js';

/** `session`: a number that is never reused. The session has proven to be `device` of `name`. */
export type PresenceInput =
  | { type: 'opened'; session: number; name: string; device: string }
  | { type: 'frame_received'; session: number }
  | { type: 'closed'; session: number }
  | { type: 'watch'; session: number; names: readonly string[] }
  | { type: 'wake' };

export type PresenceEffect =
  /** Store the time at which the user was last seen. */
  | { type: 'record_last_seen'; name: string; at: Instant }
  | { type: 'notify'; sessions: readonly number[]; name: string; online: boolean }
  | { type: 'ping'; session: number }
  /** The tracker has dropped this session: close it. */
  | { type: 'ended'; session: number; why: 'replaced' | 'expired' };

interface Session {
  readonly name: string;
  readonly device: string;
  heardAt: Instant;
}

export class PresenceTracker implements Machine<PresenceInput, PresenceEffect> {
  private readonly sessions = new Map<number, Session>();
  /** For each online user: the session of each device. */
  private readonly devices = new Map<string, Map<string, number>>();
  private readonly names = new SortedNames();
  private readonly watches = new Watches();
  private readonly leases = new Deadlines(LIMITS.sessionLeaseMs);
  private readonly pings = new Deadlines(LIMITS.sessionPingMs);

  handle(input: PresenceInput, now: Instant): PresenceEffect[] {
    switch (input.type) {
      case 'opened':
        return this.open(input, now);
      case 'frame_received':
        return this.renew(input.session, now);
      case 'closed':
        return this.end(input.session, now);
      case 'watch':
        return this.watch(input.session, input.names);
      case 'wake':
        return [...this.expire(now), ...this.ping(now)];
      default:
        return assertNever(input);
    }
  }

  wakeAt(): Instant | null {
    return earlier(this.leases.next(), this.pings.next());
  }

  isOnline(name: string): boolean {
    return this.devices.has(name);
  }

  /** The session of a device, or null. */
  sessionOf(name: string, device: string): number | null {
    return this.devices.get(name)?.get(device) ?? null;
  }

  /** All sessions of a user. */
  sessionsOf(name: string): number[] {
    return [...(this.devices.get(name)?.values() ?? [])];
  }

  /** At most `limit` names of online users after `after` (null: from the start), in order. */
  page(after: string | null, limit: number): string[] {
    return this.names.page(after, limit);
  }

  private open(input: { session: number; name: string; device: string }, now: Instant): PresenceEffect[] {
    const { session, name, device } = input;
    const older = this.sessionOf(name, device);
    const wasOnline = this.isOnline(name);
    if (older !== null) this.forget(older);
    this.sessions.set(session, { name, device, heardAt: now });
    this.devices.set(name, (this.devices.get(name) ?? new Map<string, number>()).set(device, session));
    this.leases.start(session, now);
    this.pings.start(session, now);
    const ended: PresenceEffect[] = older === null ? [] : [{ type: 'ended', session: older, why: 'replaced' }];
    return wasOnline ? ended : [...ended, ...this.cameOnline(name, now)];
  }

  private cameOnline(name: string, now: Instant): PresenceEffect[] {
    this.names.add(name);
    return [{ type: 'record_last_seen', name, at: now }, ...this.notify(name, true)];
  }

  private renew(session: number, now: Instant): PresenceEffect[] {
    const known = this.sessions.get(session);
    if (known === undefined) return [];
    known.heardAt = now;
    this.leases.start(session, now);
    return [];
  }

  private watch(session: number, names: readonly string[]): PresenceEffect[] {
    if (!this.sessions.has(session)) return [];
    return this.watches
      .add(session, names)
      .map((name) => ({ type: 'notify', sessions: [session], name, online: this.isOnline(name) }));
  }

  private expire(now: Instant): PresenceEffect[] {
    return this.leases.due(now).flatMap((session): PresenceEffect[] => {
      const heardAt = this.sessions.get(session)?.heardAt ?? now;
      return [{ type: 'ended', session, why: 'expired' }, ...this.end(session, heardAt)];
    });
  }

  private ping(now: Instant): PresenceEffect[] {
    const due = this.pings.due(now);
    for (const session of due) this.pings.start(session, now);
    return due.map((session) => ({ type: 'ping', session }));
  }

  private end(session: number, seenAt: Instant): PresenceEffect[] {
    const name = this.sessions.get(session)?.name;
    if (name === undefined) return [];
    this.forget(session);
    if (this.devices.get(name)?.size !== 0) return [];
    this.devices.delete(name);
    this.names.remove(name);
    return [{ type: 'record_last_seen', name, at: seenAt }, ...this.notify(name, false)];
  }

  /** Drops a session. The caller checks whether the user has another one. */
  private forget(session: number): void {
    const known = this.sessions.get(session);
    if (known === undefined) return;
    this.sessions.delete(session);
    this.devices.get(known.name)?.delete(known.device);
    this.watches.drop(session);
    this.leases.stop(session);
    this.pings.stop(session);
  }

  private notify(name: string, online: boolean): PresenceEffect[] {
    const sessions = this.watches.watchersOf(name);
    return sessions.length === 0 ? [] : [{ type: 'notify', sessions, name, online }];
  }
}
