// Questions about public groups, answered by the real name server's list.

import type { Question, QuestionAnswer } from '../../../client/engine/core/io.js';
import type { GroupList } from '../../../nameserver/groups/group-list.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';

export function answerAboutGroups(
  list: GroupList,
  question: Extract<Question, { type: 'groups' | 'group' }>,
): QuestionAnswer {
  if (question.type === 'groups') {
    const { groups, next } = list.page(question.after, LIMITS.groupsPerPage);
    return { type: 'groups', groups, next };
  }
  const group = list.group(question.name);
  return group instanceof Refusal ? { type: 'refused', refusal: group } : { type: 'group', group };
}
