// Which names more than one key bears, for every part of the page that shows a name.

import { createContext } from 'preact';

export const SharedNames = createContext<ReadonlySet<string>>(new Set());
