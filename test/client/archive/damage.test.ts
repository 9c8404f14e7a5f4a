// A truncated, changed or recombined backup is refused, wherever the damage is.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, after, suite, test } from 'node:test';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { packBackup, unpackBackup } from '../../../client/archive/backup-file.js';
import { BACKUP_MAGIC, headerBytes, HEADER_BYTES } from '../../../client/archive/backup-header.js';
import { BackupError } from '../../../client/archive/backup-error.js';
import { sealPieces, SEALED_PIECE_BYTES } from '../../../client/archive/sealed-pieces.js';
import { deriveKey } from '../../../runtime/key-derivation.js';
import { CHEAP, NOON, PASSPHRASE } from './archive-fixture.js';

const ABOUT = { version: 1, madeBy: '1.0.0', user: 'alice', at: NOON, messages: 3, friends: 1 } as const;
const STEP_BYTES = 1_000;

suite('a backup of four pieces', () => {
  let directory = '';
  let whole: Buffer = Buffer.alloc(0);
  let store: Buffer = Buffer.alloc(0);
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kith-damage-'));
    store = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 31) % 251));
    whole = await packed('whole', store);
  });
  after(() => rmSync(directory, { recursive: true }));

  async function packed(name: string, content: Buffer): Promise<Buffer> {
    const folder = mkdtempSync(join(directory, 'from-'));
    writeFileSync(join(folder, 'identity.json'), '{"keys":"secret"}');
    writeFileSync(join(folder, 'client.db'), content);
    const lock = { passphrase: PASSPHRASE, cost: CHEAP };
    assert.equal(await packBackup(join(directory, name), folder, ABOUT, lock), 'written');
    return readFileSync(join(directory, name));
  }

  /** The refusal code for a file with these bytes, or `success`. */
  async function outcome(bytes: Uint8Array): Promise<string> {
    const file = join(directory, 'touched');
    const folder = mkdtempSync(join(directory, 'into-'));
    writeFileSync(file, bytes);
    try {
      await unpackBackup(file, folder, PASSPHRASE);
      return 'success';
    } catch (error) {
      assert.ok(error instanceof BackupError, String(error));
      return error.code;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  function piece(at: number): Buffer {
    return whole.subarray(HEADER_BYTES + at * SEALED_PIECE_BYTES, HEADER_BYTES + (at + 1) * SEALED_PIECE_BYTES);
  }

  test('an undamaged backup gives back every byte', async () => {
    const folder = mkdtempSync(join(directory, 'into-'));
    const content = await unpackBackup(join(directory, 'whole'), folder, PASSPHRASE);
    const files = [
      { name: 'identity.json', bytes: 17 },
      { name: 'client.db', bytes: store.length },
    ];
    assert.deepEqual(content, { ...ABOUT, files });
    assert.ok(readFileSync(join(folder, 'client.db')).equals(store));
    assert.equal(readFileSync(join(folder, 'identity.json'), 'utf8'), '{"keys":"secret"}');
  });

  test('a truncated backup is refused: at every thousandth byte, and at every end of a piece', async () => {
    const cuts = Array.from({ length: Math.ceil(whole.length / STEP_BYTES) }, (_, at) => at * STEP_BYTES);
    const ends = [0, 1, 2, 3].map((at) => HEADER_BYTES + at * SEALED_PIECE_BYTES);
    for (const cut of [...cuts, ...ends, HEADER_BYTES - 1, whole.length - 1]) {
      const wanted = cut < 8 ? 'BACKUP_UNKNOWN' : 'BACKUP_DAMAGED';
      assert.equal(await outcome(whole.subarray(0, cut)), wanted, `cut at ${cut}`);
    }
  });

  test('a flipped bit is refused, anywhere in the header and in each piece', async () => {
    const inHeader = Array.from({ length: HEADER_BYTES }, (_, at) => at);
    const inPieces = Array.from(
      { length: 120 },
      (_, at) => HEADER_BYTES + ((at * 7_919) % (whole.length - HEADER_BYTES)),
    );
    for (const at of [...inHeader, ...inPieces, whole.length - 1]) {
      const touched = Buffer.from(whole);
      touched[at] = (touched[at] ?? 0) ^ (1 << (at % 8));
      assert.equal(await outcome(touched), at < 8 ? 'BACKUP_UNKNOWN' : 'BACKUP_DAMAGED', `bit of byte ${at}`);
    }
  });

  test('moved, missing, repeated, added and foreign pieces are refused', async () => {
    const other = await packed('other', Buffer.from(store).reverse());
    const header = whole.subarray(0, HEADER_BYTES);
    const last = whole.subarray(HEADER_BYTES + 3 * SEALED_PIECE_BYTES);
    const foreign = other.subarray(HEADER_BYTES, HEADER_BYTES + SEALED_PIECE_BYTES);
    const files = {
      moved: [piece(1), piece(0), piece(2), last],
      'left out': [piece(0), piece(2), last],
      doubled: [piece(0), piece(0), piece(1), piece(2), last],
      'ended early': [piece(0), piece(1), last],
      added: [piece(0), piece(1), piece(2), last, Buffer.from('x')],
      'ended twice': [piece(0), piece(1), piece(2), last, last],
      foreign: [foreign, piece(1), piece(2), last],
    };
    assert.equal(await outcome(Buffer.concat([header, piece(0), piece(1), piece(2), last])), 'success');
    for (const [what, pieces] of Object.entries(files))
      assert.equal(await outcome(Buffer.concat([header, ...pieces])), 'BACKUP_DAMAGED', what);
  });

  test('a backup with more data than it lists is refused, even if it is sealed with the right passphrase', async () => {
    const salt = new Uint8Array(16).fill(9);
    const made = await deriveKey(PASSPHRASE, salt, CHEAP, 48);
    const header = headerBytes({ cost: CHEAP, salt, check: made.subarray(32) }, BACKUP_MAGIC);
    const seal = { key: made.subarray(0, 32), header };
    const files = ['identity.json', 'client.db'].map((name) => ({ name, bytes: 1 }));
    const text = Buffer.from(JSON.stringify({ ...ABOUT, files }));
    const fileOf = async (content: Uint8Array, length: number, rest: string): Promise<Buffer> => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(length);
      const pieces: Uint8Array[] = [header];
      const plain = Readable.from([Buffer.concat([bytes, content, Buffer.from(rest)])]);
      for await (const one of sealPieces(plain, seal)) pieces.push(one);
      return Buffer.concat(pieces);
    };
    assert.equal(await outcome(await fileOf(text, text.length, 'xy')), 'success');
    assert.equal(await outcome(await fileOf(text, text.length, 'xyz')), 'BACKUP_DAMAGED');
    assert.equal(await outcome(await fileOf(text, text.length, 'x')), 'BACKUP_DAMAGED');
    assert.equal(await outcome(await fileOf(text, 2 ** 32 - 1, 'xy')), 'BACKUP_DAMAGED');
    const paths = Buffer.from(JSON.stringify({ ...ABOUT, files: [files[0], { name: '../client.db', bytes: 1 }] }));
    for (const content of [Buffer.from('{}'), Buffer.from([0xff, 0xfe]), Buffer.alloc(0), paths])
      assert.equal(await outcome(await fileOf(content, content.length, 'xy')), 'BACKUP_UNKNOWN');
  });

  test('files that end exactly at the end of a piece come back', async () => {
    for (const bytes of [1, 65_536 - 16, 65_536, 2 * 65_536 - 300, 2 * 65_536]) {
      await packed(`of ${bytes}`, Buffer.alloc(bytes, 7));
      const folder = mkdtempSync(join(directory, 'into-'));
      await unpackBackup(join(directory, `of ${bytes}`), folder, PASSPHRASE);
      assert.equal(readFileSync(join(folder, 'client.db')).length, bytes);
    }
  });
});
