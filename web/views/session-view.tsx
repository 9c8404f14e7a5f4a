// A session in three panes: conversations, messages, people. A narrow screen shows one at a time.

import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { PageSession } from '../session.js';
import { sharedNames } from '../state/people.js';
import { findConversation, hasSendingMessages, totalUnread, type SessionState } from '../state/session-state.js';
import { Banners } from './banners.js';
import { PersonDialog } from './dialogs/person-dialog.js';
import { SettingsDialog } from './dialogs/settings-dialog.js';
import { COMPOSER } from './panes/composer.js';
import { ConversationList } from './panes/conversation-list.js';
import { ConversationPane } from './panes/conversation-pane.js';
import { PeoplePane } from './panes/people-pane.js';
import type { OpenDialog, Pane, SessionProps } from './panes/session-props.js';
import { SharedNames } from './shared-names.js';
import { useShortcuts } from './shortcuts.js';

export function SessionView({ page, session }: Pick<SessionProps, 'page' | 'session'>) {
  const pane = useSignal<Pane>('conversation');
  const openDialog = useSignal<OpenDialog>(null);
  const props: SessionProps = { page, session, pane, openDialog };
  const state = session.state.value;
  useVisibility(session);
  useAddress(state);
  useLeaveWarning(state);
  useShortcuts(session, pane);
  useSignalEffect(() => {
    if (page.invitedChannel.value !== null) pane.value = 'conversations'; // shows the form to join it
  });
  const shared = useMemo(() => sharedNames(state), [state.conversations]);
  const isEmpty = state.current === null;
  return (
    <SharedNames.Provider value={shared}>
      <main class="session" data-pane={isEmpty ? 'conversations' : pane.value}>
        <h1 class="visually-hidden">Kith</h1>
        {!isEmpty && (
          <button type="button" class="skip" onClick={() => document.getElementById(COMPOSER)?.focus()}>
            Skip to the message field
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
  const dialog = props.openDialog.value;
  if (dialog === null) return null;
  return dialog.type === 'settings' ? (
    <SettingsDialog {...props} />
  ) : (
    <PersonDialog {...props} person={dialog.person} />
  );
}

/** The browser asks before it closes a page with messages that are being sent. */
function useLeaveWarning(state: SessionState): void {
  const isSending = hasSendingMessages(state);
  useEffect(() => {
    if (!isSending) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isSending]);
}

/** Tells the session whether the page is visible, and retries when the network is back. */
function useVisibility(session: PageSession): void {
  useEffect(() => {
    const update = (): void => session.setVisible(document.visibilityState === 'visible' && document.hasFocus());
    const retry = (): void => {
      if (session.state.value.connection.state === 'away') session.retry();
    };
    update();
    const listeners = [
      [document, 'visibilitychange', update],
      [window, 'focus', update],
      [window, 'blur', update],
      [window, 'online', retry],
    ] as const;
    for (const [target, event, listener] of listeners) target.addEventListener(event, listener);
    return () => {
      for (const [target, event, listener] of listeners) target.removeEventListener(event, listener);
    };
  }, [session]);
}

/** The title shows the unread count. The address names the channel, so that the user can share it. */
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
