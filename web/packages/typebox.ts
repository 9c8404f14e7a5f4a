// The page's door to TypeBox: the same as protocols/kit/packages, but shapes are checked by shape-check.ts. Compiling
// them takes `eval`, which the page's policy forbids, and the library's own way without weighs a fifth of the page.

import { Array, Enum, Integer, Literal, Null, Object, Optional, String, Union, type TSchema } from 'typebox';
import { checkOf, type Check } from './shape-check.js';

/** Named one by one, so that the bundle holds nothing else. */
export const Type = { Array, Enum, Integer, Literal, Null, Object, Optional, String, Union };

export function Compile(schema: TSchema): { Check: Check } {
  return { Check: checkOf(schema) };
}
