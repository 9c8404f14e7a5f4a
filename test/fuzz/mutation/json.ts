// Mutates JSON: values of another type or size, missing, duplicated or unknown fields, arrays that are too long.

import type { Random } from '../../sim/kernel/random.js';
import { mutateBytes } from './bytes.js';

const DESCENDS = 0.8;
const NEST_MAX = 2_000;
const LONG_MAX = 3_000;
/** Longest value that is repeated thousands of times, so that the fuzzer stays fast. */
const SMALL = 200;

const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  '',
  ' ',
  'null',
  '\u0000',
  '\ud800',
  '\u202e\u001b[2J\r\n',
  '__proto__',
  '../../../etc/passwd',
  "' OR 1=1; --",
  'x'.repeat(70_000),
  '🙂'.repeat(9_000),
  [],
  {},
  [null],
];

const ODD_FIELDS = ['__proto__', 'constructor', 'toString', 'length', 'type', 'id', '', 'then', 'x-new'];

/** The text of a copy with one to three changes; sometimes the text is altered too and is not valid JSON. */
export function mutatedText(value: unknown, random: Random): string {
  let mutated = value;
  for (let changes = 1 + Math.floor(random.skewed(0, 3)); changes > 0; changes -= 1)
    mutated = mutateJson(mutated, random);
  const text = JSON.stringify(mutated) ?? '';
  if (!random.chance(0.15)) return text;
  return new TextDecoder().decode(mutateBytes(new TextEncoder().encode(text), random));
}

/** A copy in which one value at any depth is replaced. */
export function mutateJson(value: unknown, random: Random): unknown {
  if (!isContainer(value) || !random.chance(DESCENDS)) return anotherFor(value, random);
  const fields = Object.keys(value);
  if (fields.length === 0) return anotherFor(value, random);
  const field = random.pick(fields);
  return withField(value, field, mutateJson(new Map(Object.entries(value)).get(field), random));
}

function anotherFor(value: unknown, random: Random): unknown {
  if (random.chance(0.4)) return odd(random);
  if (typeof value === 'string') return anotherText(value, random);
  if (typeof value === 'number') return value + random.pick([-1, 1, 0.5, 2 ** 32, -(2 ** 40)]);
  if (Array.isArray(value)) return anotherArray(value, random);
  return isContainer(value) ? anotherObject(value, random) : odd(random);
}

function odd(random: Random): unknown {
  return random.chance(0.1) ? nested(random.whole(10, NEST_MAX)) : random.pick(ODD_VALUES);
}

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let k = 0; k < depth; k += 1) value = k % 2 === 0 ? [value] : { a: value };
  return value;
}

function anotherText(text: string, random: Random): string {
  const bytes = mutateBytes(new TextEncoder().encode(text), random);
  return text.length < SMALL && random.chance(0.1)
    ? text.repeat(random.whole(2, 500))
    : new TextDecoder().decode(bytes);
}

function anotherArray(items: readonly unknown[], random: Random): unknown[] {
  if (random.chance(0.5)) return items.slice(1);
  const [first] = items;
  const isSmall = (JSON.stringify(first) ?? '').length < SMALL;
  return Array<unknown>(random.whole(2, LONG_MAX)).fill(isSmall ? first : null);
}

function anotherObject(value: object, random: Random): unknown {
  const entries = Object.entries(value);
  if (random.chance(0.5)) return Object.fromEntries(entries.filter((_, k) => k !== random.whole(0, entries.length)));
  return withField(value, random.pick(ODD_FIELDS), random.pick(ODD_VALUES));
}

/** Uses `fromEntries`, which defines fields of any name. */
function withField(value: object, field: string, content: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown, k) => (String(k) === field ? content : item));
  return Object.fromEntries([...Object.entries(value).filter(([name]) => name !== field), [field, content]]);
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
