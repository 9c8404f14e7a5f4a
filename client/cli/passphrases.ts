// Gets passphrases from the environment, or asks the person at the terminal without showing what is typed.

import { byteLength } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';

/** Asks without showing what is typed. Null if the person gave none. */
type Prompt = (question: string) => Promise<string | null>;

export class Passphrases {
  private prompt: Prompt = () => Promise.resolve(null);

  /** `fromEnvironment`: the value of KITH_PASSPHRASE, if set. */
  constructor(private readonly fromEnvironment: string | undefined) {}

  /** From now on there is a person to ask. */
  setPrompt(prompt: Prompt): void {
    this.prompt = prompt;
  }

  /** A new passphrase, typed twice: what is locked with a mistyped one could never be opened. */
  async choose(what: string): Promise<Outcome<string>> {
    const chosen = this.fromEnvironment ?? (await this.prompt(`Passphrase for ${what}: `));
    if (chosen === null || chosen === '') return new Refusal('PASSPHRASE_NEEDED');
    if ([...chosen].length < LIMITS.passphraseCharactersMin) return new Refusal('PASSPHRASE_SHORT');
    const again = this.fromEnvironment ?? (await this.prompt('Repeat the passphrase: '));
    return again === chosen ? fitting(chosen) : new Refusal('PASSPHRASES_DIFFER');
  }

  /** The passphrase that was chosen before. */
  async recall(what: string): Promise<Outcome<string>> {
    const typed = this.fromEnvironment ?? (await this.prompt(`Passphrase of ${what}: `));
    return typed === null || typed === '' ? new Refusal('PASSPHRASE_NEEDED') : fitting(typed);
  }
}

function fitting(passphrase: string): Outcome<string> {
  const fits = byteLength(passphrase) <= LIMITS.passphraseBytesMax;
  return fits ? passphrase : new Refusal('TEXT_TOO_LONG', 'a passphrase has at most 1 KiB');
}
