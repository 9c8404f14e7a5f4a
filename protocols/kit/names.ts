// Names of users and channels: what is one, and which are kept back because they would be mistaken for something else.

const NAME = /^[a-z0-9][a-z0-9_-]{1,31}$/;

/** Words of the system. A user so called could pass for it, or (`nameserver`) share its data directory. */
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

const LOOK_ALIKE: Record<string, string> = { '0': 'o', '1': 'l', i: 'l', '3': 'e', '4': 'a', '5': 's', '7': 't' };

const RESERVED_SKELETONS = new Set(RESERVED.map(skeleton));

/** The canonical form of a name somebody typed, or null where it cannot be one (docs/contract.md). */
export function canonicalName(typed: string): string | null {
  const name = typed.toLowerCase();
  return isName(name) ? name : null;
}

/** The canonical name of a channel somebody typed, with or without `#`, or null where it cannot be one. */
export function canonicalChannel(typed: string): string | null {
  const name = typed.replace(/^#/, '').toLowerCase();
  return NAME.test(name) ? name : null;
}

/** True iff this is a canonical name that a user may have. */
export function isName(name: string): boolean {
  return NAME.test(name) && !RESERVED_SKELETONS.has(skeleton(name));
}

/** Folds what looks alike together: `r00t`, `ro-ot` and `root` have one skeleton, `adrnin` and `admin` too. */
function skeleton(name: string): string {
  const letters = [...name.replace(/[-_]/g, '')].map((letter) => LOOK_ALIKE[letter] ?? letter);
  return letters.join('').replaceAll('rn', 'm');
}
