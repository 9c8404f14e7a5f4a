// Shapes of the REST interface: what comes in is checked by them, and `/openapi.json` is made of them.

import { Compile, Convert, Type, type TSchema } from '../../protocols/kit/packages/typebox.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { exactly, KeyText, NameText } from '../../protocols/kit/shapes.js';
import { Signed } from '../../protocols/kit/signed.js';

export const RefusalBody = Type.Object(
  { code: Type.String(), message: Type.String() },
  { description: 'An expected no: a code from the closed list, and a sentence for a person.' },
);

export const UserBody = Type.Object({
  name: NameText,
  key: KeyText,
  online: Type.Boolean(),
  lastSeen: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  record: Signed,
});

/** With `names`: what is known of them. With `online`: a page of the names of those online. */
export const UsersBody = Type.Union([
  Type.Object({ users: Type.Array(UserBody) }),
  Type.Object({ users: Type.Array(NameText), next: Type.Union([NameText, Type.Null()]) }),
]);

export const RegisteredBody = Type.Object({ name: NameText, version: Type.Integer() });

export const NameParams = Type.Object({ name: Type.String({ description: 'A user name; case does not matter.' }) });

export const UsersQuery = exactly({
  names: Type.Optional(Type.String({ description: `At most ${LIMITS.restNamesMax} names, with commas between them.` })),
  online: Type.Optional(Type.Literal('true', { description: 'List the names of those online.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMITS.restPageMax, default: LIMITS.restPageMax })),
  after: Type.Optional(Type.String({ maxLength: 64, description: 'The `next` of the page before.' })),
});

export const InviteHeaders = Type.Object({
  'x-invite-code': Type.Optional(Type.String({ maxLength: 256, description: 'Where the server asks for one.' })),
});

/** The possible answers of a route, for its documentation: `fine` by status, and the statuses of its refusals. */
export function responses(fine: Record<number, TSchema>, ...refused: number[]): Record<number, TSchema> {
  return { ...fine, ...Object.fromEntries(refused.map((status) => [status, RefusalBody])) };
}

/** Validators by TypeBox, compiled once. Nothing is stripped or coerced, but numbers of a query come as text. */
export function compileValidator({ schema, httpPart }: { schema: TSchema; httpPart?: string }) {
  const shape = Compile(schema);
  return (given: unknown): { value: unknown } | { error: Error } => {
    const value = httpPart === 'querystring' ? Convert(schema, given) : given;
    if (shape.Check(value)) return { value };
    const [first] = shape.Errors(value);
    return { error: new Error(`${httpPart ?? 'it'}${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'}`) };
  };
}
