// A secret of the command line: read from a file or from the environment, because every user of a computer can see the
// arguments of all programs.

import { readTextFile } from '../disk/text-file.js';
import type { FlagReader, Flags } from './flag-reader.js';

export interface SecretFlag {
  /** The flag that names the file, under commander's name. */
  readonly file: string;
  /** The flag that took the secret itself and is refused, under commander's name. */
  readonly direct: string;
  readonly variable: string;
  /** The texts that can be the secret. */
  readonly pattern: RegExp;
  /** What the pattern takes, for people. */
  readonly takes: string;
}

const FILE_BYTES = 4_096;

/** The secret, or null if there is none. Reports a problem where it is typed directly, unreadable or not acceptable. */
export function readSecret(flags: FlagReader, env: Flags, secret: SecretFlag): string | null {
  const [direct, file] = [flags.labelOf(secret.direct), flags.labelOf(secret.file)];
  if (flags.has(secret.direct)) {
    const instead = `Put it into a file and type ${file} FILE, or set ${secret.variable}.`;
    flags.report(secret.direct, `${direct} would show the code to every user of this computer. ${instead}`);
    return null;
  }
  const fromVariable = env[secret.variable];
  const given = flags.has(secret.file) ? readFile(flags, secret) : typeof fromVariable === 'string' ? fromVariable : '';
  if (given === null || (given === '' && !flags.has(secret.file))) return null;
  if (secret.pattern.test(given)) return given;
  const source = flags.has(secret.file) ? `The file of ${file}` : secret.variable;
  flags.report(secret.file, `${source} must be ${secret.takes}.`);
  return null;
}

/** The first line of the file. Null after a report. */
function readFile(flags: FlagReader, { file }: SecretFlag): string | null {
  const path = flags.text(file, '');
  if (path === '') return null;
  try {
    const text = readTextFile(path, FILE_BYTES);
    if (text !== null) return text.replace(/\r?\n$/, '');
    flags.report(file, `${path}: there is no such file. Check ${flags.labelOf(file)}.`);
  } catch (error) {
    flags.report(file, error instanceof Error ? error.message : path);
  }
  return null;
}

/** The code that a name server requires for new names. It travels in an HTTP header, which takes no other characters. */
export const INVITE_CODE: SecretFlag = {
  file: 'inviteCodeFile',
  direct: 'inviteCode',
  variable: 'KITH_INVITE_CODE',
  pattern: /^[!-~]([ -~]*[!-~])?$/,
  takes: 'one line of letters without accents, digits and punctuation, with no space before or after',
};
