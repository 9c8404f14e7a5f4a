// The names that more than one key uses, for every view that shows a name.

import { createContext } from 'preact';

export const SharedNames = createContext<ReadonlySet<string>>(new Set());
