// A million messages: what finding, reading, starting and taking them out cost, beside plain SQLite on the same file.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SearchQuery, StoredMessage } from '../client/engine/core/store.js';
import { openSqliteStore, type SqliteStore } from '../client/store/sqlite/sqlite-store.js';
import { openSnapshot, type Database } from '../runtime/sqlite.js';
import { median, printRow, printTitle } from './report.js';

const MESSAGES = 1_000_000;
const PER_COMMIT = 10_000;
const RUNS = 7;
const PEERS = 10;
const RARE_PEER = 'zoe';
const RARE_PEER_EVERY = 50_000;
const WORDS_PER_MESSAGE = 12;
const VOCABULARY = 50_000;
const RARE_WORD = `w${VOCABULARY - 100}`;
const SINCE = Date.UTC(2020, 0, 1);
const MINUTE = 60_000;

export async function benchHistory(): Promise<void> {
  printTitle(`History: ${MESSAGES.toLocaleString('en')} messages of ${WORDS_PER_MESSAGE} words`);
  const directory = mkdtempSync(join(tmpdir(), 'kith-bench-'));
  try {
    mkdirSync(join(directory, 'alice'));
    const path = join(directory, 'alice', 'client.db');
    const store = openSqliteStore(path);
    fill(store);
    const plain = openSnapshot(path);
    readPages(store, plain);
    search(store, plain);
    plain.close();
    store.close();
    await start(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function fill(store: SqliteStore): void {
  const storing = took(() => {
    for (let at = 0; at < MESSAGES; at += PER_COMMIT) store.transaction(() => addSome(store, at));
  });
  const indexing = took(() => {
    while (store.indexSome());
  });
  const perMessage = 1_000 / MESSAGES;
  const row = { unit: 'µs', ours: indexing * perMessage, theirs: storing * perMessage };
  printRow({ ...row, what: 'preparing a message for searching', baseline: 'storing it', goal: 'when idle' });
}

function addSome(store: SqliteStore, from: number): void {
  for (let at = from; at < from + PER_COMMIT; at += 1) store.addMessage(messageOf(at));
}

let seed = 20_261_120;

/** Good enough, and the same each time. */
function chance(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
}

/** A few words are in most messages, most words in a few. */
function textOf(): string {
  const word = (): string => `w${Math.floor(VOCABULARY ** chance())}`;
  return Array.from({ length: WORDS_PER_MESSAGE }, word).join(' ');
}

function messageOf(at: number): StoredMessage {
  const peer = at % RARE_PEER_EVERY === 0 ? RARE_PEER : `peer${at % PEERS}`;
  const id = Buffer.from(Array.from({ length: 16 }, () => chance() * 256)).toString('base64url');
  const fixed = {
    device: `${'b'.repeat(42)}A`,
    kind: 'chat',
    mine: false,
    state: 'read',
    shown: true,
    after: 0,
    proof: null,
  } as const;
  return { ...fixed, id, peer, seq: at + 1, lamport: at + 1, at: SINCE + at * MINUTE, text: textOf() };
}

function readPages(store: SqliteStore, plain: Database): void {
  const byKey = plain.prepare('SELECT * FROM messages WHERE message = ?');
  const theirs = middle(() => byKey.get(MESSAGES / 2));
  const row = { unit: 'ms', baseline: 'one row by its key', theirs, goal: '< 20 ms' };
  printRow({ ...row, what: 'history, the newest page', ours: middle(() => store.history('peer1', 50, null)) });
  const early = `SELECT id FROM messages WHERE peer = (SELECT peer FROM peers WHERE name = 'peer1') AND lamport = 5002`;
  const before = Buffer.from(plain.prepare<{ id: Uint8Array }>(early).get()?.id ?? []).toString('base64url');
  printRow({ ...row, what: 'history, a page of long ago', ours: middle(() => store.history('peer1', 50, before)) });
}

function search(store: SqliteStore, plain: Database): void {
  const scan = plain.prepare(`SELECT * FROM messages WHERE text LIKE '%' || ? || '%' ORDER BY message DESC LIMIT 50`);
  const theirs = middle(() => scan.all(`${RARE_WORD} `));
  const row = { unit: 'ms', baseline: 'LIKE over all', theirs, goal: '< 100 ms' };
  const nothing = { author: null, peer: null, before: null, limit: 50 };
  const queries: Record<string, SearchQuery> = {
    'search, a rare word': { ...nothing, words: [RARE_WORD] },
    'search, a word of every second message': { ...nothing, words: ['w1'] },
    'search, three frequent words': { ...nothing, words: ['w1', 'w2', 'w3'] },
    'search, a phrase of them': { ...nothing, words: ['w1 w2 w3'] },
    'search, words that never meet': { ...nothing, words: ['w1', RARE_WORD, `w${VOCABULARY - 7}`] },
    'search, a frequent word from a rare friend': { ...nothing, words: ['w1'], peer: RARE_PEER },
    'search, a frequent word of the first days': { ...nothing, words: ['w1'], before: SINCE + 60 * MINUTE },
  };
  for (const [what, query] of Object.entries(queries))
    printRow({ ...row, what, ours: middle(() => store.search(query)) });
}

/** From the command to the first line that says it is ready. */
async function start(directory: string): Promise<void> {
  const full: number[] = [];
  const empty: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    empty.push(await readyAfter(join(directory, `empty-${run}`)));
    full.push(await readyAfter(join(directory, 'alice')));
  }
  const row = { unit: 'ms', baseline: 'with an empty directory', goal: '< 1 000 ms' };
  printRow({ ...row, what: 'start, until ready', ours: median(full), theirs: median(empty) });
}

function readyAfter(data: string): Promise<number> {
  const main = fileURLToPath(new URL('../client/main.js', import.meta.url));
  const args = ['127.0.0.1:1', '--user', 'alice', '--data', data, '--host', '127.0.0.1', '--json', '-c', 'exit'];
  const startedAt = performance.now();
  const client = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let readyAt = 0;
    createInterface({ input: client.stdout }).once('line', () => (readyAt = performance.now()));
    client.once('error', reject);
    client.once('close', () => resolve(readyAt - startedAt));
  });
}

/** The median of several runs, in ms. */
function middle(work: () => unknown): number {
  return median(Array.from({ length: RUNS }, () => took(work)));
}

function took(work: () => unknown): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}
