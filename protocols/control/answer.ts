// Answers: each command gets exactly one, its data or a refusal.

import type { Refusal } from '../kit/refusals.js';
import type { AnswersOf } from './command-map.js';
import type { ClientCommandMap, CommandMap } from './command.js';

/** The `data` of a result, by command (docs/contract.md). */
export type Answers = AnswersOf<CommandMap>;

/** What a client answers to a command. */
export type Answer = { ok: true; data: Answers[keyof ClientCommandMap] } | { ok: false; refusal: Refusal };
