// The line being typed on a plain terminal: keys go in, actions and the text to show come out. Showing it needs no
// escape sequence.

import { LIMITS } from '../../../../protocols/kit/limits.js';

export type KeyAction =
  | { type: 'show'; text: string }
  | { type: 'enter'; line: string }
  /** `hadText`: Ctrl+C erased a half-typed line. */
  | { type: 'interrupt'; hadText: boolean }
  | { type: 'end' }
  | { type: 'suspend' };

/** The sequences of arrow keys and other special keys. */
const SEQUENCES = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O.)?/g;
const [CTRL_C, CTRL_D, CTRL_H, CTRL_U, CTRL_W, CTRL_Z, ERASE] = ['\x03', '\x04', '\b', '\x15', '\x17', '\x1a', '\x7f'];

export class TypedLine {
  private letters = '';

  /** The text typed so far. */
  get half(): string {
    return this.letters;
  }

  /** The actions of the keys, one after the other: carrying out one can change the meaning of the next. */
  *press(keys: string): Generator<KeyAction, void> {
    for (const key of keys.replace(SEQUENCES, '').replace(/\r\n?/g, '\n')) yield* this.one(key);
  }

  private one(key: string): KeyAction[] {
    switch (key) {
      case '\n':
        return [
          { type: 'show', text: key },
          { type: 'enter', line: this.take() },
        ];
      case CTRL_C:
        return [{ type: 'interrupt', hadText: this.take() !== '' }];
      case CTRL_D:
        return this.letters === '' ? [{ type: 'end' }] : [];
      case CTRL_Z:
        return [{ type: 'suspend' }];
      case ERASE:
      case CTRL_H:
        return this.erase();
      case CTRL_U:
        return this.rewrite('');
      case CTRL_W:
        return this.rewrite(this.letters.replace(/\S*\s*$/, ''));
      default:
        return this.add(key === '\t' ? ' ' : key);
    }
  }

  private add(letter: string): KeyAction[] {
    if (/\p{Cc}/u.test(letter) || this.letters.length > LIMITS.commandLineBytes) return [];
    this.letters += letter;
    return [{ type: 'show', text: letter }];
  }

  /** Letters of other alphabets can take two columns or none; after those the whole line is shown again. */
  private erase(): KeyAction[] {
    const last = [...this.letters].at(-1);
    if (last === undefined) return [];
    const left = this.letters.slice(0, -last.length);
    if (!/^[ -~]$/.test(last)) return this.rewrite(left);
    this.letters = left;
    return [{ type: 'show', text: '\b \b' }];
  }

  private rewrite(letters: string): KeyAction[] {
    if (letters === this.letters) return [];
    this.letters = letters;
    return [{ type: 'show', text: `\n${letters}` }];
  }

  private take(): string {
    const { letters } = this;
    this.letters = '';
    return letters;
  }
}
