// What the name server says about public groups, checked before the client believes it.

import { Type } from '../protocols/kit/packages/typebox.js';
import { LogPosition, GroupPolicy } from '../protocols/groups/entry.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { compileShape, IdText, NameText } from '../protocols/kit/shapes.js';
import type { QuestionAnswer } from './engine/core/io.js';

const Names = Type.Array(NameText, { maxItems: LIMITS.groupMembersMax });

/** Answers may grow new fields, so these shapes let unknown ones pass; only the known ones are used. */
const Group = Type.Object({
  group: IdText,
  name: NameText,
  leader: NameText,
  deputies: Names,
  members: Names,
  head: LogPosition,
  policy: GroupPolicy,
});
const groupShape = compileShape(Group);
const groupsShape = compileShape(
  Type.Object({
    groups: Type.Array(Group, { maxItems: LIMITS.restPageMax }),
    next: Type.Union([NameText, Type.Null()]),
  }),
);

/** Null where the body is none of that. */
export function groupAnswer(ask: 'group' | 'groups' | 'publish', body: unknown): QuestionAnswer | null {
  if (ask === 'groups') {
    return groupsShape.accepts(body) ? { type: 'groups', groups: body.groups, next: body.next } : null;
  }
  if (!groupShape.accepts(body)) return null;
  return ask === 'group' ? { type: 'group', group: body } : { type: 'published', head: body.head };
}
