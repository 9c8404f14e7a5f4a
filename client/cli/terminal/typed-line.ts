// The line being typed where nobody else puts it together: keys go in, what they mean and what to show of them comes
// out. No escape sequence is ever needed to show it.

import { LIMITS } from '../../../protocols/kit/limits.js';

export type Meant =
  | { do: 'show'; text: string }
  | { do: 'enter'; line: string }
  /** `hadText`: it may be meant for the half-typed line, which is gone. */
  | { do: 'interrupt'; hadText: boolean }
  | { do: 'end' }
  | { do: 'suspend' };

/** What arrow keys and their like send. */
const SEQUENCES = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O.)?/g;
const [CTRL_C, CTRL_D, CTRL_H, CTRL_U, CTRL_W, CTRL_Z, ERASE] = ['\x03', '\x04', '\b', '\x15', '\x17', '\x1a', '\x7f'];

export class TypedLine {
  private letters = '';

  /** What is typed so far. */
  get half(): string {
    return this.letters;
  }

  /** What the keys mean, one after the other. */
  *press(keys: string): Generator<Meant> {
    for (const key of keys.replace(SEQUENCES, '').replace(/\r\n?/g, '\n')) yield* this.one(key);
  }

  private *one(key: string): Generator<Meant> {
    switch (key) {
      case '\n':
        yield { do: 'show', text: key };
        return yield { do: 'enter', line: this.take() };
      case CTRL_C:
        return yield { do: 'interrupt', hadText: this.take() !== '' };
      case CTRL_D:
        if (this.letters === '') yield { do: 'end' };
        return;
      case CTRL_Z:
        return yield { do: 'suspend' };
      case ERASE:
      case CTRL_H:
        return yield* this.erase();
      case CTRL_U:
        return yield* this.rewrite('');
      case CTRL_W:
        return yield* this.rewrite(this.letters.replace(/\S*\s*$/, ''));
      default:
        return yield* this.add(key === '\t' ? ' ' : key);
    }
  }

  private *add(letter: string): Generator<Meant> {
    if (/\p{Cc}/u.test(letter) || this.letters.length > LIMITS.commandLineBytes) return;
    this.letters += letter;
    yield { do: 'show', text: letter };
  }

  /** Letters of other alphabets may take two columns or none, so the line is shown anew. */
  private *erase(): Generator<Meant> {
    const last = [...this.letters].at(-1);
    if (last === undefined) return;
    const left = this.letters.slice(0, -last.length);
    if (!/^[ -~]$/.test(last)) return yield* this.rewrite(left);
    this.letters = left;
    yield { do: 'show', text: '\b \b' };
  }

  private *rewrite(letters: string): Generator<Meant> {
    if (letters === this.letters) return;
    this.letters = letters;
    yield { do: 'show', text: `\n${letters}` };
  }

  private take(): string {
    const { letters } = this;
    this.letters = '';
    return letters;
  }
}
