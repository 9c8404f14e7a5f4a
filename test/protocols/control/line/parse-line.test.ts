// How typed lines are parsed, as tables: outside a conversation, inside one, and at the bounds.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLine, findEntry, isComment } from '../../../../protocols/control/line/parse-line.js';
import type { CommandEntry } from '../../../../protocols/control/line/grammar.js';
import { COMMANDS } from '../../../../protocols/control/command-table.js';
import { Refusal, refusalText } from '../../../../protocols/kit/refusals.js';

const NUMBER = Array.from({ length: 12 }, () => '12345').join(' ');
const DIGITS = '12345'.repeat(12);

/** What a line comes to: what it tells, nothing, or `CODE: about`. */
function parsed(line: string, conversation: string | null = null): unknown {
  const told = parseLine(line, conversation);
  return told instanceof Refusal ? `${told.code}: ${told.about}` : told;
}

function expectEach(table: readonly (readonly [line: string, told: unknown])[], conversation: string | null = null) {
  for (const [line, told] of table) assert.deepEqual(parsed(line, conversation), told, line);
}

test('[CTRL-1] a command works bare and with a slash, in any case', () => {
  expectEach([
    ['who', { type: 'who' }],
    ['/who', { type: 'who' }],
    ['  WHO  ', { type: 'who' }],
    ['stats', { type: 'stats' }],
    ['online', { type: 'online', acceptServer: false }],
    ['online --accept-server', { type: 'online', acceptServer: true }],
    ['verify bob', { type: 'verify', user: 'bob', confirm: null, reject: false }],
    ['verify --reject bob', { type: 'verify', user: 'bob', confirm: null, reject: true }],
    [`verify bob --confirm ${NUMBER}`, { type: 'verify', user: 'bob', confirm: DIGITS, reject: false }],
    [`verify bob --confirm=${DIGITS}`, { type: 'verify', user: 'bob', confirm: DIGITS, reject: false }],
    [`verify --reject bob --confirm ${NUMBER}`, 'USAGE: verify <user> [--confirm NUMBER] [--reject]'],
    ['quit', { type: 'exit' }],
    ['/exit', { type: 'exit' }],
    ['help', { type: 'help', topic: null }],
    ['help say', { type: 'help', topic: 'say' }],
    ['help post upload', { type: 'help', topic: 'post upload' }],
    ['say --help', { type: 'help', topic: 'say' }],
    ['lookup --help', { type: 'help', topic: 'lookup' }],
    ['say bob --help', { type: 'say', user: 'bob', text: '--help' }],
    ['history bob', { type: 'history', user: 'bob', limit: 50, before: null }],
    ['history bob --limit 5 --before=abc', { type: 'history', user: 'bob', limit: 5, before: 'abc' }],
    ['cancel --starts-like-a-flag', { type: 'cancel', id: '--starts-like-a-flag' }],
  ]);
});

test('[CTRL-1] every command about groups is parsed', () => {
  const group = 'lake';
  expectEach([
    ['create_group Lake', { type: 'create_group', group, isPublic: true, history: null }],
    ['create_group lake 0 --history all', { type: 'create_group', group, isPublic: false, history: 'all' }],
    ['create_group lake 1 --history 50', { type: 'create_group', group, isPublic: true, history: 50 }],
    ['groups', { type: 'groups' }],
    ['members group:lake', { type: 'members', group }],
    ['group lake', { type: 'group', group }],
    ['join_group lake', { type: 'join_group', group }],
    ['leave_group lake --vote', { type: 'leave_group', group, byVote: true }],
    ['invite lake Bob', { type: 'invite', group, user: 'bob' }],
    ['remove_member lake bob', { type: 'remove_member', group, user: 'bob' }],
    ['transfer lake user:bob', { type: 'transfer', group, user: 'bob' }],
    ['broadcast lake  to all ', { type: 'broadcast', group, text: ' to all ' }],
    ['evidence lake a.json --check', { type: 'evidence', group, file: 'a.json', check: true }],
    ['accept group:lake', { type: 'accept', user: group, nameKind: 'group' }],
    ['reject user:bob', { type: 'reject', user: 'bob', nameKind: 'user' }],
    ['accept bob lake', { type: 'accept', user: 'bob', group }],
    ['history group:lake', { type: 'history', user: group, nameKind: 'group', limit: 50, before: null }],
    ['create_group lake 2', 'USAGE: create_group <group> [0|1] [--history none|N|all]'],
    ['create_group lake 1 --history 1.5', 'USAGE: create_group <group> [0|1] [--history none|N|all]'],
    ['invite lake', 'USAGE: invite <group> <user>'],
    ['members !', 'NAME_INVALID: !'],
    ['broadcast lake', 'USAGE: broadcast <group> <text>'],
  ]);
});

test('[CTRL-6] in a group a line is sent to all members', () => {
  const said = (line: string) => parseLine(line, 'group:lake');
  assert.deepEqual(said('good  morning'), { type: 'broadcast', group: 'lake', text: 'good  morning' });
  assert.deepEqual(said('//me'), { type: 'broadcast', group: 'lake', text: '/me' });
  assert.deepEqual(said('/exit'), { type: 'leave' });
});

test('[CTRL-2] the trailing text is the rest of the line, verbatim', () => {
  expectEach([
    [
      'say bob  two  spaces, "quotes" and #hash ',
      { type: 'say', user: 'bob', text: ' two  spaces, "quotes" and #hash ' },
    ],
    ['say  bob\thi', { type: 'say', user: 'bob', text: 'hi' }],
    ['message bob --confirm /exit', { type: 'message', user: 'bob', text: '--confirm /exit' }],
    ['add bob', { type: 'add', user: 'bob', note: '' }],
    ['add bob from  the lake', { type: 'add', user: 'bob', note: 'from  the lake' }],
    [
      'wait chat 2.5 from=bob text="a b"',
      {
        type: 'wait',
        filter: {
          event: 'chat',
          fields: [
            ['from', 'bob'],
            ['text', 'a b'],
          ],
        },
        waitMs: 2_500,
      },
    ],
    ['wait online user=bob', { type: 'wait', filter: { event: 'online', fields: [['user', 'bob']] }, waitMs: 10_000 }],
  ]);
});

test('[CTRL-3] names become canonical, or are refused', () => {
  expectEach([
    ['lookup BoB', { type: 'lookup', user: 'bob' }],
    ['lookup user:bob', { type: 'lookup', user: 'bob' }],
    ['lookup b', 'NAME_INVALID: b'],
    ['lookup nameserver', 'NAME_INVALID: nameserver'],
    ['say b@b hi', 'NAME_INVALID: b@b'],
  ]);
});

test('[CTRL-4] an unknown word names the nearest command', () => {
  expectEach([
    ['lst', 'COMMAND_UNKNOWN: lst. Did you mean: list'],
    ['histroy bob', 'COMMAND_UNKNOWN: histroy. Did you mean: history'],
    ['uotobx', 'COMMAND_UNKNOWN: uotobx. Did you mean: outbox'],
    ['conn bob', 'COMMAND_UNKNOWN: conn. Did you mean: connect'],
    ['xylophone', 'COMMAND_UNKNOWN: xylophone. Type: help'],
    ['//who', 'COMMAND_UNKNOWN: /who. Did you mean: who'],
  ]);
});

test('[CTRL-5] wrong arguments get the usage line', () => {
  expectEach([
    ['say bob', 'USAGE: say <user> <text>'],
    ['say', 'USAGE: say <user> <text>'],
    ['lookup', 'USAGE: lookup <user>'],
    ['lookup bob carol', 'USAGE: lookup <user>'],
    ['who is there', 'USAGE: who'],
    ['history bob --limit', 'USAGE: history <user> [--limit N] [--before ID]'],
    ['history bob --limit 0', 'USAGE: history <user> [--limit N] [--before ID]'],
    ['history bob --limit 1001', 'USAGE: history <user> [--limit N] [--before ID]'],
    ['verify bob --confirm=yes', 'SAFETY_NUMBER_NEEDED: bob'],
    ['verify bob --confirm', 'SAFETY_NUMBER_NEEDED: bob'],
    ['verify bob --confirm 12345 67890', 'SAFETY_NUMBER_NEEDED: bob'],
    ['verify --confirm bob', 'USAGE: verify <user> [--confirm NUMBER] [--reject]'],
    ['wait chat soon', 'USAGE: wait <event> [seconds] [key=value…]'],
    ['wait chat 1.2.3', 'USAGE: wait <event> [seconds] [key=value…]'],
    ['wait chat 999999', 'USAGE: wait <event> [seconds] [key=value…]'],
    ['say bob  ', 'TEXT_EMPTY: '],
  ]);
  assert.match(String(parsed('wait rain')), /^USAGE: wait <event>.* with one of online, offline/);
});

test('[CTRL-6] in a conversation a line is sent verbatim, and // sends /', () => {
  expectEach(
    [
      ['hello  there ', { type: 'say', user: 'bob', text: 'hello  there ' }],
      ['  indented', { type: 'say', user: 'bob', text: '  indented' }],
      ['who', { type: 'say', user: 'bob', text: 'who' }],
      ['exit the building', { type: 'say', user: 'bob', text: 'exit the building' }],
      ['//shrug', { type: 'say', user: 'bob', text: '/shrug' }],
      ['# not a comment to a person', { type: 'say', user: 'bob', text: '# not a comment to a person' }],
      ['/who', { type: 'who' }],
      ['/say carol hi', { type: 'say', user: 'carol', text: 'hi' }],
    ],
    'bob',
  );
});

test('[CTRL-7] in a conversation an unknown command is refused, not sent', () => {
  expectEach(
    [
      ['/lst', 'COMMAND_UNKNOWN: /lst. Did you mean: /list'],
      ['/', 'COMMAND_UNKNOWN: /. Type: /help'],
      ['/ who', 'COMMAND_UNKNOWN: /. Type: /help'],
      [' /exot', 'COMMAND_UNKNOWN: /exot. Did you mean: /exit'],
    ],
    'bob',
  );
});

test('[CTRL-8] in a conversation exit closes it', () => {
  for (const line of ['/exit', '/quit', '/EXIT', 'exit', 'quit', ' exit ']) {
    assert.deepEqual(parsed(line, 'bob'), { type: 'leave' }, line);
  }
  assert.deepEqual(parsed('exit'), { type: 'exit' });
});

test('[CTRL-9] empty lines do nothing, and comments are recognized', () => {
  for (const line of ['', '  ', '\t']) {
    assert.equal(parsed(line), null);
    assert.equal(parsed(line, 'bob'), null);
  }
  const comments = ['#', '# said', '  # said', '#channel', 'say bob # hi'].map(isComment);
  assert.deepEqual(comments, [true, true, true, false, false]);
});

test('[CTRL-10] lines, messages, quick messages and notes have bounds', () => {
  const fits = 'x'.repeat(16 * 1024);
  assert.deepEqual(parsed(`say bob ${fits}`), { type: 'say', user: 'bob', text: fits });
  expectEach([
    [`say bob ${fits}x`, 'TEXT_TOO_LONG: it has 16385 bytes of at most 16 KiB'],
    [`say bob ${'é'.repeat(8 * 1024)}x`, 'TEXT_TOO_LONG: it has 16385 bytes of at most 16 KiB'],
    [`message bob ${'x'.repeat(901)}`, 'QUICK_TOO_LONG: bob'],
    [`add bob ${'x'.repeat(1025)}`, 'TEXT_TOO_LONG: a note has at most 1 KiB'],
    ['x'.repeat(33 * 1024), 'TOO_LARGE: a line has at most 32 KiB'],
  ]);
  assert.match(String(parsed(fits + 'x', 'bob')), /^TEXT_TOO_LONG/);
});

const SEARCH = 'USAGE: search <words> [from:U] [in:G] [before:DATE]';
const NOWHERE = { from: null, in: null, before: null };

test('[CTRL-21] a search has words, phrases and filters, in any order', () => {
  expectEach([
    ['search lake', { type: 'search', words: ['lake'], ...NOWHERE }],
    ['search "see you" soon', { type: 'search', words: ['see you', 'soon'], ...NOWHERE }],
    ['search from:BOB lake in:carol', { type: 'search', words: ['lake'], from: 'bob', in: 'carol', before: null }],
    ['search lake in:user:bob', { type: 'search', words: ['lake'], ...NOWHERE, in: 'bob' }],
    ['search 12:30 http://x --from', { type: 'search', words: ['12:30', 'http://x', '--from'], ...NOWHERE }],
    ["search don't isn't", { type: 'search', words: ["don't", "isn't"], ...NOWHERE }],
    ["search 'see you' rock'n'roll 5\"", { type: 'search', words: ['see you', "rock'n'roll", '5"'], ...NOWHERE }],
    ['search "say "hi', { type: 'search', words: ['"say', '"hi'], ...NOWHERE }],
    ['search lake from:b', 'NAME_INVALID: b'],
    ['search lake in:../x', 'NAME_INVALID: ../x'],
    ['search from:bob', SEARCH],
    ['search lake from:', SEARCH],
    ['search', SEARCH],
    [`search ${'w '.repeat(17)}`, SEARCH],
  ]);
});

test('[CTRL-21] a date is a day or a time, in UTC unless it names a zone', () => {
  const before = (date: string): unknown => {
    const told = parseLine(`search lake before:${date}`, null);
    return told !== null && 'before' in told ? told.before : told instanceof Refusal ? told.code : null;
  };
  const day = Date.UTC(2026, 10, 20);
  assert.deepEqual(['2026-11-20', '2026-11-20T10:30', '2026-11-20t10:30:05.5z', '2026-11-20T00:00+01:00'].map(before), [
    day,
    day + 37_800_000,
    day + 37_805_500,
    day - 3_600_000,
  ]);
  const wrong = [
    'yesterday',
    '2026-13-01',
    '2026-02-30T99:00',
    '20.11.2026',
    '1969-12-31',
    '-2026-11-20',
    '99999-01-01',
  ];
  for (const date of wrong) assert.equal(before(date), 'USAGE', date);
});

test('[CTRL-22] no line takes a passphrase', () => {
  expectEach([
    ['backup "my files/a.backup"', { type: 'backup', file: 'my files/a.backup' }],
    ['backup a.backup secret', 'USAGE: backup <file>'],
    ['backup', 'USAGE: backup <file>'],
    ['restore a.backup', { type: 'restore', file: 'a.backup', check: false }],
    ['restore --check a.backup', { type: 'restore', file: 'a.backup', check: true }],
    ['export', { type: 'export', format: 'json', to: null }],
    ['export --to=a.html --format html', { type: 'export', format: 'html', to: 'a.html' }],
    ['export --format pdf', 'USAGE: export [--format json|html] [--to PATH]'],
    ['export a.json', 'USAGE: export [--format json|html] [--to PATH]'],
  ]);
});

test('[CTRL-4] refusals of unknown words read as one sentence', () => {
  assert.equal(refusalText(parseLine('lst', null) as Refusal), 'There is no command lst. Did you mean: list');
});

test('a command of two words is one entry of the table', () => {
  const post = { ...(COMMANDS[0] as CommandEntry), name: 'post list' };
  assert.deepEqual(findEntry([post], 'Post  list bob'), { entry: post, rest: 'bob' });
  assert.equal(findEntry([post], 'post bob'), null);
});

test('every entry of the table has a summary, and an example that parses', () => {
  for (const entry of COMMANDS) {
    assert.notEqual(entry.summary, '');
    const told = parseLine(entry.example, null);
    const does = entry.name.replace('#', '').replace(' ', '_');
    assert.ok(told !== null && !(told instanceof Refusal) && told.type === does, entry.example);
  }
});
