// Masks the values that differ from run to run in a line of JSON, so that the rest can be compared exactly.

const MASKS: readonly (readonly [mask: string, pattern: RegExp])[] = [
  ['<time>', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/],
  ['<key>', /^[A-Za-z0-9_-]{43}$/],
  ['<id>', /^[A-Za-z0-9_-]{22}$/],
  ['<words>', /^([a-z]+ ){5}[a-z]+$/],
  ['<digits>', /^(\d{5} ){11}\d{5}$/],
];

/** Fields with text for users, or with values that differ from run to run. */
const FREE_FIELDS = new Set(['message', 'reason', 'tcp', 'udp', 'version']);

export function masked(value: unknown): unknown {
  if (typeof value === 'string') return MASKS.find(([, pattern]) => pattern.test(value))?.[0] ?? value;
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, maskedField(name, field)]);
  return Object.fromEntries(fields);
}

/** The mask shows the type, so that a wrong type is found. */
function maskedField(name: string, field: unknown): unknown {
  return FREE_FIELDS.has(name) && typeof field !== 'object' ? `<${typeof field}>` : masked(field);
}
