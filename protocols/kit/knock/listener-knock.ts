// The listener's end of a knock (SPEC, "Knock"): it signs and sends nothing before the caller is one who may know it.

import { parseJson } from '../bytes.js';
import { assertNever } from '../machine.js';
import type { Primitives, SecretKey } from '../primitives.js';
import {
  knockFrameShape,
  knockInfo,
  readSealedKnock,
  signKnock,
  type KnockAnswerFrame,
  type KnockCaller,
} from './knock-proof.js';

export type ListenerKnockInput =
  /** The first frame of the caller; null for bytes that are none, or too many. */
  | { readonly type: 'frame'; readonly text: string | null }
  /** The answer to `unseal`, null if it does not open. */
  | { readonly type: 'unsealed'; readonly plain: string | null }
  /** The answer to `judge`. */
  | { readonly type: 'judged'; readonly mayKnow: boolean };

export type ListenerKnockEffect =
  /** HPKE with our exchange key. */
  | { readonly type: 'unseal'; readonly sealed: string; readonly info: string }
  | { readonly type: 'judge'; readonly caller: KnockCaller }
  /** Sends the frame. From then on the connection is one with the device `peerKey`. */
  | { readonly type: 'answer'; readonly frame: KnockAnswerFrame; readonly peerKey: string };

type State =
  | { readonly type: 'waiting' }
  | { readonly type: 'unsealing' }
  | { readonly type: 'judging'; readonly device: string }
  | { readonly type: 'answered' }
  /** Nothing is read or sent any more. The connection ends at the time at which every unproven one ends. */
  | { readonly type: 'ignored' };

export interface ListenerKnockOptions {
  /** Of this TLS connection, base64url. */
  readonly exporter: string;
  readonly device: SecretKey;
  readonly primitives: Primitives;
}

export class ListenerKnock {
  private state: State = { type: 'waiting' };

  constructor(private readonly options: ListenerKnockOptions) {}

  handle(input: ListenerKnockInput): ListenerKnockEffect[] {
    switch (input.type) {
      case 'frame':
        return this.state.type === 'waiting' ? this.unseal(input.text) : this.ignore();
      case 'unsealed':
        return this.state.type === 'unsealing' ? this.read(input.plain) : this.ignore();
      case 'judged':
        return this.state.type === 'judging' && input.mayKnow ? this.answer(this.state.device) : this.ignore();
      default:
        return assertNever(input);
    }
  }

  private unseal(text: string | null): ListenerKnockEffect[] {
    const frame = text === null ? null : parseJson(text);
    if (!knockFrameShape.accepts(frame)) return this.ignore();
    this.state = { type: 'unsealing' };
    return [{ type: 'unseal', sealed: frame.sealed, info: knockInfo(this.place) }];
  }

  private read(plain: string | null): ListenerKnockEffect[] {
    const caller = plain === null ? null : readSealedKnock(plain, this.place, this.options.primitives);
    if (caller === null) return this.ignore();
    this.state = { type: 'judging', device: caller.device };
    return [{ type: 'judge', caller }];
  }

  private answer(dialler: string): ListenerKnockEffect[] {
    this.state = { type: 'answered' };
    const { device, primitives } = this.options;
    const signature = signKnock('listener', { ...this.place, dialler }, device, primitives);
    return [{ type: 'answer', frame: { type: 'knock_answer', signature }, peerKey: dialler }];
  }

  private ignore(): ListenerKnockEffect[] {
    this.state = { type: 'ignored' };
    return [];
  }

  private get place() {
    const { exporter, device } = this.options;
    return { exporter, listener: device.publicKey };
  }
}
