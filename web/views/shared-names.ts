// The names that more than one key uses, and names that look alike, for every view that shows a name.

import { createContext } from 'preact';

export const SharedNames = createContext<ReadonlyMap<string, readonly string[]>>(new Map());
