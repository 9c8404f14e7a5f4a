// Names of users and channels: their form, and the reserved names that could be mistaken for something else.

const NAME = /^[a-z0-9][a-z0-9_-]{1,31}$/;

/**
 * Reserved with what looks like them: such a user could pass for the system, or (`nameserver`) share its data
 * directory.
 */
const RESERVED = [
  'nameserver',
  'server',
  'kith',
  'admin',
  'administrator',
  'root',
  'system',
  'everyone',
  'user',
  'group',
];

/** Words with a meaning of their own in a terminal. What only looks like one, such as `m3`, is a good name. */
const TYPED_WORDS = new Set(['exit', 'quit', 'help', 'me']);

const LOOK_ALIKE: Record<string, string> = { '0': 'o', '1': 'l', i: 'l', '3': 'e', '4': 'a', '5': 's', '7': 't' };

const RESERVED_SKELETONS = new Set(RESERVED.map(skeleton));

/** The canonical form of a typed name, or null if it cannot be a name (docs/contract.md). */
export function canonicalName(typed: string): string | null {
  const name = typed.toLowerCase();
  return isName(name) ? name : null;
}

/** The canonical name of a typed channel, with or without `#`, or null if it cannot be a channel. */
export function canonicalChannel(typed: string): string | null {
  const name = typed.replace(/^#/, '').toLowerCase();
  return NAME.test(name) ? name : null;
}

/** True iff this is a canonical name that a user may have. */
export function isName(name: string): boolean {
  return NAME.test(name) && !TYPED_WORDS.has(name) && !RESERVED_SKELETONS.has(skeleton(name));
}

/** True iff two different names can be mistaken for each other. */
export function looksLike(name: string, other: string): boolean {
  return name !== other && skeleton(name) === skeleton(other);
}

/**
 * Maps similar characters to one: `r00t`, `ro-ot` and `root` have the same skeleton, and so do `adrnin` and `admin`.
 * These are the confusables of UTS 39 among the characters of names (`0`, `1` and `rn`), and more.
 */
export function skeleton(name: string): string {
  const letters = [...name.replace(/[-_]/g, '')].map((letter) => LOOK_ALIKE[letter] ?? letter);
  return letters.join('').replaceAll('rn', 'm').replaceAll('vv', 'w').replaceAll('cl', 'd');
}
