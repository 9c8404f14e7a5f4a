// Schemas of the REST interface. They validate requests and generate `/openapi.json`.

import { Compile, Convert, Type, type TSchema } from '../../protocols/kit/packages/typebox.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { exactly, KeyText, NameText } from '../../protocols/kit/shapes.js';
import { Signed } from '../../protocols/kit/signed.js';

export const RefusalBody = Type.Object(
  { code: Type.String(), message: Type.String() },
  { description: 'A refusal: a code from the closed list, and a sentence for the user.' },
);

export const UserBody = Type.Object({
  name: NameText,
  key: KeyText,
  online: Type.Boolean(),
  lastSeen: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  record: Signed,
});

/** With `names`: the records of these users. With `online`: one page of the names of online users. */
export const UsersBody = Type.Union([
  Type.Object({ users: Type.Array(UserBody) }),
  Type.Object({ users: Type.Array(NameText), next: Type.Union([NameText, Type.Null()]) }),
]);

export const RegisteredBody = Type.Object({ name: NameText, version: Type.Integer() });

export const NameParams = Type.Object({ name: Type.String({ description: 'A name; case does not matter.' }) });

export const UsersQuery = exactly({
  names: Type.Optional(Type.String({ description: `At most ${LIMITS.restNamesMax} names, separated by commas.` })),
  online: Type.Optional(Type.Literal('true', { description: 'List the names of online users.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMITS.restPageMax, default: LIMITS.restPageMax })),
  after: Type.Optional(Type.String({ maxLength: 64, description: 'The `next` value of the previous page.' })),
});

export const InviteHeaders = Type.Object({
  'x-invite-proof': Type.Optional(
    Type.String({
      maxLength: 64,
      description: 'Required for a new name if the server has an invitation code (DIR-24).',
    }),
  ),
});

/** The possible responses of a route, for its documentation: successes by status, and the statuses of its refusals. */
export function responses(successes: Record<number, TSchema>, ...refusals: number[]): Record<number, TSchema> {
  return { ...successes, ...Object.fromEntries(refusals.map((status) => [status, RefusalBody])) };
}

/** TypeBox validators, compiled once. They strip and coerce nothing, except numbers in a query, which arrive as text. */
export function compileValidator({ schema, httpPart }: { schema: TSchema; httpPart?: string }) {
  const shape = Compile(schema);
  return (given: unknown): { value: unknown } | { error: Error } => {
    const value = httpPart === 'querystring' ? Convert(schema, given) : given;
    if (shape.Check(value)) return { value };
    const [first] = shape.Errors(value);
    return {
      error: new Error(`${httpPart ?? 'the value'}${first?.instancePath ?? ''} ${first?.message ?? 'is invalid'}`),
    };
  };
}
