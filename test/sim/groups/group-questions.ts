// Questions about public groups, answered by the real name server's list.

import type { Question, QuestionAnswer } from '../../../client/engine/core/io.js';
import type { GroupList } from '../../../nameserver/groups/group-list.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';

export function answerAboutGroups(
  list: GroupList,
  question: Extract<Question, { ask: 'groups' | 'group' }>,
): QuestionAnswer {
  if (question.ask === 'groups') {
    const groups = list.page(question.after, LIMITS.groupsPerPage);
    const next = groups.length === LIMITS.groupsPerPage ? (groups.at(-1)?.name ?? null) : null;
    return { answer: 'groups', groups, next };
  }
  const group = list.group(question.name);
  return group instanceof Refusal ? { answer: 'refused', refusal: group } : { answer: 'group', group };
}
