// What every view of a session gets: the page, the session, and which pane and dialog are shown.

import type { Signal } from '@preact/signals';
import type { Participant } from '../../../protocols/channels/client/io.js';
import type { Page } from '../../page.js';
import type { PageSession } from '../../session.js';

export type Pane = 'conversations' | 'conversation' | 'people';

export type OpenDialog = { type: 'settings' } | { type: 'person'; person: Participant } | null;

export interface SessionProps {
  readonly page: Page;
  readonly session: PageSession;
  readonly pane: Signal<Pane>;
  readonly openDialog: Signal<OpenDialog>;
}
