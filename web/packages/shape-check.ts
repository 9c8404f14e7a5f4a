// Checks a value against a TypeBox schema without `eval`, for the subset of JSON Schema that protocols/ use. An unknown
// schema is an error when the page loads, not a value that passes.

/** JSON Schema as TypeBox writes it, as far as protocols/ use it. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

const KEYWORDS: ReadonlySet<string> = new Set<keyof Schema>([
  ...(['type', 'const', 'enum', 'anyOf', 'properties', 'required', 'additionalProperties', 'items'] as const),
  ...(['minimum', 'maximum', 'minLength', 'maxLength', 'maxItems', 'pattern'] as const),
]);

export type Check = (value: unknown) => boolean;

/** Compiles the check for a schema. Throws if it does not know the schema. */
export function checkOf(schema: object): Check {
  const unknown = Object.keys(schema).filter((keyword) => !KEYWORDS.has(keyword));
  if (unknown.length > 0) throw new TypeError(`keywords that the page cannot check: ${unknown.join(', ')}`);
  const known: Schema = schema;
  if ('const' in known) return (value) => value === known.const;
  if (known.enum) return isOneOf(known.enum);
  if (known.anyOf) return isAny(known.anyOf.map(checkOf));
  switch (known.type) {
    case 'string':
      return isText(known);
    case 'integer':
      return isInteger(known);
    case 'array':
      return isArray(known);
    case 'object':
      return isExactly(known);
    case 'null':
      return (value) => value === null;
    default:
      throw new TypeError(`a schema that the page cannot check: ${JSON.stringify(schema)}`);
  }
}

function isOneOf(values: readonly unknown[]): Check {
  return (value) => values.includes(value);
}

function isAny(checks: readonly Check[]): Check {
  return (value) => checks.some((accepts) => accepts(value));
}

function isText({ minLength = 0, maxLength = Infinity, pattern }: Schema): Check {
  const form = pattern === undefined ? null : new RegExp(pattern, 'u');
  const isOfLength = (text: string): boolean => {
    if (text.length > 2 * maxLength) return false; // counting the code points of a huge text would be slow
    const codePoints = [...text].length;
    return codePoints >= minLength && codePoints <= maxLength;
  };
  return (value) => typeof value === 'string' && isOfLength(value) && (form?.test(value) ?? true);
}

function isInteger({ minimum = -Infinity, maximum = Infinity }: Schema): Check {
  return (value) => Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
}

function isArray({ items, maxItems = Infinity }: Schema): Check {
  const accepts = checkOf(items ?? {});
  return (value) => Array.isArray(value) && value.length <= maxItems && value.every((item) => accepts(item));
}

/** An object with these properties and no others. */
function isExactly({ properties = {}, required = [], additionalProperties }: Schema): Check {
  if (additionalProperties !== false) throw new TypeError('an object with unknown keys: use `exactly`');
  const checks = new Map(Object.entries(properties).map(([name, property]) => [name, checkOf(property)]));
  return (value) =>
    isObject(value) &&
    required.every((name) => Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, property]) => checks.get(name)?.(property) ?? false);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
