// The result of a command as lines for a person. Each drawing stands in the file of its subject in `answers/`.

import type { CommandMap, CommandName } from '../../../protocols/control/command.js';
import { refusalText, type Refusal } from '../../../protocols/kit/refusals.js';
import { sanitize } from '../../../protocols/kit/sanitize.js';
import type { CommandResult } from '../command-runner.js';
import { ACCOUNT_DRAWERS } from './answers/account.js';
import { ARCHIVE_DRAWERS } from './answers/archive.js';
import { CHANNEL_DRAWERS } from './answers/channels.js';
import { GROUP_DRAWERS } from './answers/groups.js';
import { MESSAGE_DRAWERS } from './answers/messages.js';
import { PEOPLE_DRAWERS } from './answers/people.js';
import { POST_DRAWERS } from './answers/posts.js';
import { UI_DRAWERS } from './answers/ui.js';
import type { Drawers } from './drawers.js';
import { typedHere } from './typed-here.js';
import type { ViewOptions } from './view-options.js';

const DRAWERS: Drawers<CommandMap> = {
  ...ACCOUNT_DRAWERS,
  ...PEOPLE_DRAWERS,
  ...MESSAGE_DRAWERS,
  ...GROUP_DRAWERS,
  ...CHANNEL_DRAWERS,
  ...POST_DRAWERS,
  ...ARCHIVE_DRAWERS,
  ...UI_DRAWERS,
};

/** Loosened on purpose: the data of a result belongs to its command, which the types of a table cannot follow. */
const DRAWER_OF: Record<CommandName, (data: never, command: never, view: ViewOptions) => string[]> = DRAWERS;

/** Their drawings have texts of other people, which stay as they are. */
const WITH_TEXTS: ReadonlySet<CommandName> = new Set<CommandName>([
  ...(['history', 'search', 'outbox', 'downloads', 'exit', 'requests', 'feed', 'post_list'] as const),
  ...(['private', 'channel'] as const),
]);

export function drawResult(result: CommandResult, view: ViewOptions): string[] {
  if (!result.ok) return [drawRefusal(result.refusal, view)];
  const { type } = result.command;
  const lines = DRAWER_OF[type](result.data as never, result.command as never, view);
  return WITH_TEXTS.has(type) ? lines : lines.map((line) => typedHere(line, view));
}

/** One line: what is wrong and what to do about it. */
export function drawRefusal(refusal: Refusal, view: Pick<ViewOptions, 'colours' | 'conversation'>): string {
  return `${view.colours.bad('!')} ${typedHere(sanitize(refusalText(refusal)), view)}`;
}
