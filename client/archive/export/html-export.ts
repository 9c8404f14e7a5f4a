// The export as one HTML page. It works offline and without scripts, and no exported text can become markup.

import { isoTime } from '../../engine/core/context.js';
import { otherName } from '../../cli/draw/other-name.js';
import { rememberedName } from '../../cli/draw/remembered-name.js';
import { clockTime, day } from '../../cli/draw/format-time.js';
import { pageHead, text } from './html-page.js';
import type { ExportContent, ExportedMessage } from './export-content.js';

export function* htmlExport(content: ExportContent): Generator<string> {
  const { user, conversations, at } = content;
  yield pageHead(`Kith export of ${user}`);
  yield `<h1>Kith export of ${text(user)}</h1>\n`;
  yield `<p>Made on ${moment(at)}. Times are in the time zone of the computer that made this page.</p>\n`;
  yield* people(content);
  yield '<nav><h2>Conversations</h2>\n<ul>\n';
  for (const [number, { name }] of conversations.entries()) {
    yield `<li><a href="#with-${number}">${text(name)}</a></li>\n`;
  }
  yield '</ul></nav>\n';
  for (const [number, { peer, name }] of conversations.entries()) {
    yield `<section id="with-${number}"><h2>${text(name)}</h2>\n`;
    yield* conversation(content.messages(peer));
    yield '</section>\n';
  }
  yield '</body></html>\n';
}

function* people({ people: known }: ExportContent): Generator<string> {
  yield '<h2>People</h2>\n<table><tr><th>name</th><th>friendship</th><th>key</th></tr>\n';
  for (const { name, friendship, verified, blocked, pinned } of known) {
    const said = [friendship, ...(verified ? ['verified'] : []), ...(blocked ? ['blocked'] : [])].join(', ');
    yield `<tr><td>${text(name)}</td><td>${text(said)}</td><td><code>${text(pinned?.key ?? '')}</code></td></tr>\n`;
  }
  yield '</table>\n';
}

/** One element for each message, and a heading for each day. */
function* conversation(messages: Iterable<ExportedMessage>): Generator<string> {
  let lastDay = '';
  for (const message of messages) {
    const today = day(isoTime(message.at), undefined);
    if (today !== lastDay) yield `<h3>${text(today)}</h3>\n`;
    lastDay = today;
    yield said(message);
  }
}

function said(message: ExportedMessage): string {
  const { at, mine, kind, state, text: words } = message;
  const iso = isoTime(at);
  const time = `<time datetime="${iso}">${clockTime(iso, undefined)}</time>`;
  const mark = [...(kind === 'quick' ? ['quick'] : []), ...(mine ? [state] : [])].join(', ');
  const who = `<b>${text(authorOf(message))}</b>${mark === '' ? '' : ` <i>${text(mark)}</i>`}`;
  return `<div class="${mine ? 'mine' : 'theirs'}">${time} ${who}<p dir="auto">${text(words)}</p></div>\n`;
}

/** The author, with what is doubtful about the name. */
function authorOf({ from, peer, state, otherKey }: ExportedMessage): string {
  if (state === 'remembered') return rememberedName(from, peer);
  return otherKey === undefined ? from : otherName(from, otherKey);
}

function moment(iso: string): string {
  return `<time datetime="${iso}">${text(`${day(iso, undefined)}, ${clockTime(iso, undefined)}`)}</time>`;
}
