// Registers our record before a session, and remembers which one the name server took: the next session of this process
// needs no registration while that record is in force (protocols/session, SESS-33).

import { Refusal } from '../../../../protocols/kit/refusals.js';
import { objectId, type Signed } from '../../../../protocols/kit/signed.js';
import type { Context } from '../../core/context.js';
import type { QuestionAnswer } from '../../core/io.js';
import { SETTINGS } from '../../core/settings.js';
import type { OwnRecord } from '../../identity/own-record.js';

/** `superseded`: a later record of ours lists other devices only. `locked`: our record must change, and cannot. */
export type RegistrationResult =
  | { readonly type: 'registered' }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'superseded' }
  | { readonly type: 'locked' };

/** `server`: the pinned key of the name server, if any. `isWanted`: false once the result would come too late. */
export interface RegistrationRequest {
  readonly server: string | null;
  readonly isWanted: () => boolean;
  readonly then: (result: RegistrationResult) => void;
}

export class Registration {
  /** The record that the name server took from this process, as far as we know the one in force. */
  private taken: Signed | null = null;

  constructor(
    private readonly context: Context,
    private readonly record: OwnRecord,
  ) {}

  /** True where the name server has our record already. */
  get isDone(): boolean {
    return this.taken !== null && this.taken.payload === this.record.signed.payload;
  }

  /** The next session begins with a registration. */
  forget(): void {
    this.taken = null;
  }

  /** True where this is the id of our record: nothing has replaced it at the name server. */
  isOwnId(id: string): boolean {
    return id === objectId('record', this.record.signed.payload, this.context.primitives);
  }

  begin(request: RegistrationRequest): void {
    this.ask(request, true);
  }

  private ask(request: RegistrationRequest, mayFollow: boolean): void {
    const { me } = this.context;
    const record = this.record.signed;
    this.context.ask({ type: 'register', name: me.name, record, server: request.server }, (answer) => {
      if (!request.isWanted()) return;
      if (answer.type === 'registered') this.took(record);
      const result = resultOf(answer);
      const isStale = result.type === 'refused' && result.refusal.code === 'RECORD_STALE';
      if (isStale && mayFollow) this.followServer(request);
      else request.then(result);
    });
  }

  private took(record: Signed): void {
    const { store, me } = this.context;
    this.taken = record;
    store.putSetting(SETTINGS.registeredDevice, me.device.publicKey);
  }

  /** The name server has a newer record under our name: if our own key signed it, our record must follow it. */
  private followServer(request: RegistrationRequest): void {
    const { me } = this.context;
    this.context.ask({ type: 'users', names: [me.name] }, (answer) => {
      if (!request.isWanted()) return;
      if (answer.type === 'away') return request.then({ type: 'failed', reason: answer.reason });
      const held = answer.type === 'users' ? answer.users.find((user) => user.name === me.name) : undefined;
      if (held && this.isSuperseded(held.record)) return request.then({ type: 'superseded' });
      if (this.context.me.isIdentityLocked) return request.then({ type: 'locked' });
      if (held && !this.record.follow(held.record))
        return request.then({ type: 'refused', refusal: new Refusal('RECORD_STALE', me.name) });
      if (!held) this.record.leap();
      this.ask(request, false);
    });
  }

  /** True where a later record of ours lists another device than the registered one. A fresh device has none. */
  private isSuperseded(held: Signed): boolean {
    const { me, store } = this.context;
    return store.setting(SETTINGS.registeredDevice) === me.device.publicKey && this.record.isSuperseded(held);
  }
}

function resultOf(answer: QuestionAnswer): RegistrationResult {
  switch (answer.type) {
    case 'registered':
      return { type: 'registered' };
    case 'away':
      return { type: 'failed', reason: answer.reason };
    case 'refused':
      return { type: 'refused', refusal: answer.refusal };
    default:
      return { type: 'failed', reason: 'the name server gave another kind of answer' };
  }
}
