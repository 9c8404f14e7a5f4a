// The page's access to TypeBox. It replaces protocols/kit/packages in the bundle: `shape-check.ts` checks the shapes.
// TypeBox compiles them by `eval`, which the page's policy forbids, and its interpreter weighs a fifth of the page.

import { Array, Enum, Integer, Literal, Null, Object, Optional, String, Union, type TSchema } from 'typebox';
import { checkOf, type Check } from './shape-check.js';

/** One by one, so that the bundle holds only these. */
export const Type = { Array, Enum, Integer, Literal, Null, Object, Optional, String, Union };

export function Compile(schema: TSchema): { Check: Check } {
  return { Check: checkOf(schema) };
}
