// Faults planted in how a client counts what its friends make it store (protocols/chat/SPEC.md).

import { StorageBudget } from '../../../client/engine/conversations/storage-budget.js';
import type { Mutant } from './mutant.js';

export const BUDGET_MUTANTS: readonly Mutant[] = [
  {
    fault: 'what a friend makes us store is not counted',
    rules: ['CHAT-20'],
    hasBudgets: true,
    planted: {},
    method: { target: StorageBudget, method: 'stored', planted: () => () => undefined },
  },
];
