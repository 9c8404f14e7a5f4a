// Where passphrases come from: the environment where it has one, else the person at the terminal, who sees nothing of
// it.

import { byteLength } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';

/** Asks without showing what is typed; null where the person would not say. */
type Ask = (question: string) => Promise<string | null>;

export class Passphrases {
  private ask: Ask = () => Promise.resolve(null);

  /** `given`: what KITH_PASSPHRASE says, if anything. */
  constructor(private readonly given: string | undefined) {}

  /** From here on somebody can be asked. */
  askBy(ask: Ask): void {
    this.ask = ask;
  }

  /** A new one, typed twice: with a slip of the fingers in it, what it protects could never be opened again. */
  async choose(): Promise<Outcome<string>> {
    const chosen = this.given ?? (await this.ask('Passphrase for the backup: '));
    if (chosen === null || chosen === '') return new Refusal('PASSPHRASE_NEEDED');
    if ([...chosen].length < LIMITS.passphraseCharactersMin) return new Refusal('PASSPHRASE_SHORT');
    const again = this.given ?? (await this.ask('The same again: '));
    return again === chosen ? fitting(chosen) : new Refusal('PASSPHRASES_DIFFER');
  }

  /** The one that opens something. */
  async recall(): Promise<Outcome<string>> {
    const typed = this.given ?? (await this.ask('Passphrase of the backup: '));
    return typed === null || typed === '' ? new Refusal('PASSPHRASE_NEEDED') : fitting(typed);
  }
}

function fitting(passphrase: string): Outcome<string> {
  const fits = byteLength(passphrase) <= LIMITS.passphraseBytesMax;
  return fits ? passphrase : new Refusal('TEXT_TOO_LONG', 'a passphrase has at most 1 KiB');
}
