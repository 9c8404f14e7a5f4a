// The type of a table of drawings: for each command of a map, its answer as lines for a person.

import type { ViewOptions } from './view-options.js';

export type Drawers<Map extends { [Name in keyof Map]: { command: object; answer: object } }> = {
  [Name in keyof Map]: (data: Map[Name]['answer'], command: Map[Name]['command'], view: ViewOptions) => string[];
};
