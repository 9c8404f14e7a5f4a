// The door to TypeBox. The build makes one file of it (scripts/bundle/doors.mjs): the package is seven hundred files,
// and loading them would be half of what it costs to start a program.

export { Type, type Static, type TSchema } from 'typebox';
export { Compile } from 'typebox/compile';
export { Convert } from 'typebox/value';
