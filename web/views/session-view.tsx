// Three panes: conversations, what is said, people. Where the screen is narrow, one at a time.

import { useSignal, useSignalEffect, type Signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Participant } from '../../protocols/channels/client/io.js';
import type { Page } from '../page.js';
import type { PageSession } from '../session.js';
import { sharedNames } from '../state/people.js';
import { hasSendingMessages, findConversation, totalUnread, type SessionState } from '../state/session-state.js';
import { Banners } from './banners.js';
import { PersonDialog } from './dialogs/person-dialog.js';
import { SettingsDialog } from './dialogs/settings-dialog.js';
import { PeoplePane } from './panes/people-pane.js';
import { ConversationPane } from './panes/conversation-pane.js';
import { ConversationList } from './panes/conversation-list.js';
import { SharedNames } from './shared-names.js';
import { useShortcuts } from './shortcuts.js';

export type Pane = 'conversations' | 'conversation' | 'people';

/** What lies above the panes. */
export type OpenDialog = { type: 'settings' } | { type: 'person'; visitor: Participant } | null;

/** What every part of the state is given. */
export interface SessionProps {
  readonly page: Page;
  readonly session: PageSession;
  readonly pane: Signal<Pane>;
  readonly openDialog: Signal<OpenDialog>;
}

export function SessionView({ page, session }: Pick<SessionProps, 'page' | 'session'>) {
  const pane = useSignal<Pane>('conversation');
  const openDialog = useSignal<OpenDialog>(null);
  const props: SessionProps = { page, session, pane, openDialog };
  const state = session.state.value;
  useWatching(session);
  useAddress(state);
  useStaying(state);
  useShortcuts(session, pane);
  useSignalEffect(() => {
    if (page.invitedChannel.value !== null) pane.value = 'conversations'; // the form to join it is what one should see
  });
  const shared = useMemo(() => sharedNames(state), [state.conversations]);
  const isEmpty = state.current === null;
  return (
    <SharedNames.Provider value={shared}>
      <main class="session" data-pane={isEmpty ? 'conversations' : pane.value}>
        <h1 class="unseen">Kith</h1>
        {!isEmpty && (
          <button type="button" class="skip" onClick={() => document.getElementById('say')?.focus()}>
            Skip to what you say
          </button>
        )}
        <Banners {...props} />
        <ConversationList {...props} />
        <ConversationPane {...props} />
        <PeoplePane {...props} />
        <Dialog {...props} />
      </main>
    </SharedNames.Provider>
  );
}

function Dialog(props: SessionProps) {
  const openDialog = props.openDialog.value;
  if (openDialog === null) return null;
  return openDialog.type === 'settings' ? (
    <SettingsDialog {...props} />
  ) : (
    <PersonDialog {...props} visitor={openDialog.visitor} />
  );
}

/** Whoever leaves while something is on its way is asked whether they mean it. */
function useStaying(state: SessionState): void {
  const isBusy = hasSendingMessages(state);
  useEffect(() => {
    if (!isBusy) return;
    const session = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', session);
    return () => window.removeEventListener('beforeunload', session);
  }, [isBusy]);
}

/** Whether somebody looks at the page, and whether the network is back. */
function useWatching(session: PageSession): void {
  useEffect(() => {
    const look = (): void => session.watch(document.visibilityState === 'visible' && document.hasFocus());
    const retry = (): void => {
      if (session.state.value.connection.state === 'away') session.retry();
    };
    look();
    const listeners = [
      [document, 'visibilitychange', look],
      [window, 'focus', look],
      [window, 'blur', look],
      [window, 'online', retry],
    ] as const;
    for (const [target, event, listener] of listeners) target.addEventListener(event, listener);
    return () => {
      for (const [target, event, listener] of listeners) target.removeEventListener(event, listener);
    };
  }, [session]);
}

/** The title says how much is unread; the address names the channel, so that it can be given to somebody. */
function useAddress(state: SessionState): void {
  const unread = totalUnread(state);
  const conversation = findConversation(state, state.current);
  const channel = conversation?.type === 'channel' ? conversation.id : '';
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${channel === '' ? '' : `${channel} · `}Kith`;
  }, [unread, channel]);
  useEffect(() => {
    history.replaceState(null, '', `${location.pathname}${location.search}${channel}`);
  }, [channel]);
}
