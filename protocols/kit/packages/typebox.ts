// The entry to TypeBox. The build bundles it into one file (scripts/bundle/re-exports.mjs): the package has seven
// hundred files, and loading them would take half of a program's start time.

export { Type, type Static, type TSchema } from 'typebox';
export { Compile } from 'typebox/compile';
export { Convert } from 'typebox/value';
