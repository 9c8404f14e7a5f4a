// A person made up by the liar or the accomplice: a name, and an identity key, a device and a letter key of its maker.

import { signRecord } from '../../../protocols/directory/record-signing.js';
import { pairConversation } from '../../../protocols/chat/messages.js';
import { groupLetterShape } from '../../../protocols/groups/frames.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import { signLetterKey } from '../../../protocols/letters/letter-key.js';
import { letterShape, type Letter } from '../../../protocols/letters/messages.js';
import {
  letterInfo,
  readSealedLetter,
  sealedLetterText,
  type LetterParty,
} from '../../../protocols/letters/sealed-letter.js';
import { signUnopened } from '../../../protocols/letters/unopened-notice.js';
import { fakeKey, fakePrimitives, fakeSeal, fakeUnseal } from '../kernel/fake-primitives.js';
import { START_TIME } from '../kernel/timeline.js';

const NONCE = 'A'.repeat(22);
/** No real record of a run has so many predecessors. */
const VERSION = 1_000;

/** `key`: the letter key of the reader. */
export interface LetterReader extends LetterParty {
  readonly key: string;
}

export class Persona {
  readonly record: Signed;
  readonly letterKey: Signed;
  readonly key: string;
  private readonly exchange: string;
  private readonly device;
  private written = 0;

  constructor(
    readonly name: string,
    private readonly maker = 'the liar',
  ) {
    const identity = fakeKey(`identity of ${maker} as ${name}`);
    this.device = fakeKey(`device of ${maker} as ${name}`);
    this.exchange = fakeKey(`exchange key of ${maker} as ${name}`).publicKey;
    this.key = identity.publicKey;
    const devices = [{ device: this.device, exchange: this.exchange, since: START_TIME }];
    const numbered = { name, version: VERSION, previous: null, at: START_TIME };
    this.record = signRecord({ ...numbered, identity, devices }, fakePrimitives);
    const letterKey = { device: this.device.publicKey, number: 1, key: this.exchange, at: START_TIME };
    this.letterKey = signLetterKey(letterKey, this.device, fakePrimitives);
  }

  has(device: string): boolean {
    return device === this.device.publicKey;
  }

  /** A chat message to a user with this identity key, as the text inside the sealed letter. */
  message(to: Pick<Letter, 'to' | 'toDevice'>, theirKey: string, at: number): string {
    this.written += 1;
    const conversation = pairConversation(this.key, theirKey, fakePrimitives);
    const place = { seq: this.written, lamport: this.written, at, after: 0 };
    const text = `${this.name} to ${to.to}, by ${this.maker} #${this.written}`;
    const message = { conversation, device: this.device.publicKey, ...place, text, proof: NONCE };
    return this.write(to, { kind: 'message', at, body: { epoch: 1, heard: null, messages: [message] } });
  }

  /** The text as a letter that this reader can open. */
  seal({ key, ...reader }: LetterReader, plain: string): string {
    const writer = this.party;
    return sealedLetterText({ key, writer, sealed: fakeSeal(key, plain, letterInfo(key, writer, reader)) });
  }

  /** The answer to a sealed letter that was written to the persona; null if there is none. */
  answerTo(text: string, at: number): string | null {
    const signed = parseJson(this.open(text) ?? '') as Signed | undefined;
    const letter = signed && parseJson(signed.payload);
    if (!letterShape.accepts(letter)) return null;
    const to = { to: letter.from, toDevice: letter.device };
    if (letter.kind === 'friend_request') {
      return this.write(to, { kind: 'friend_answer', at, body: { record: this.record, epoch: 1, accepted: true } });
    }
    const answer = letter.kind === 'group' ? this.joinRequest(letter.body) : null;
    return answer && this.write(to, { kind: 'group', at, body: answer });
  }

  /** Says that this letter did not open. */
  unopened(letter: string): Signed {
    return signUnopened(letter, this.device, fakePrimitives);
  }

  private get party(): LetterParty {
    return { device: this.device.publicKey, identity: this.key };
  }

  private open(text: string): string | null {
    const letter = readSealedLetter(text);
    if (letter?.key !== this.exchange) return null;
    return fakeUnseal(this.exchange, letter.sealed, letterInfo(this.exchange, letter.writer, this.party));
  }

  /** Accepts an invitation to a group. */
  private joinRequest(invitation: unknown): object | null {
    if (!groupLetterShape.accepts(invitation) || invitation.body.type !== 'invite') return null;
    const { group, body } = invitation;
    const author = { group, by: this.name, device: this.device.publicKey, key: this.key };
    const said = { ...author, head: body.head, nonce: NONCE, at: START_TIME };
    const consent = signObject('consent', said, this.device, fakePrimitives);
    return { group, body: { type: 'join_request', name: body.name, record: this.record, consent } };
  }

  private write(to: Pick<Letter, 'to' | 'toDevice'>, content: Pick<Letter, 'kind' | 'at' | 'body'>): string {
    const letter: Letter = { from: this.name, device: this.device.publicKey, ...to, ...content };
    return JSON.stringify(signObject('letter', letter, this.device, fakePrimitives));
  }
}
