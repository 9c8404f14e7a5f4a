// Writes the keys and the store in a folder to one encrypted file, and reads them back into a folder.

import { join } from 'node:path';
import { concat, parseJson, textOf, utf8 } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { assert } from '../../protocols/kit/machine.js';
import { FileReader } from '../../runtime/disk/file-reader.js';
import { writeNewFile } from '../../runtime/disk/new-file.js';
import type { ScryptCost } from '../../runtime/key-derivation.js';
import { BACKUP_FILES, BackupContentShape, type BackupContent } from './backup-content.js';
import { BACKUP_MAGIC, HEADER_BYTES } from './backup-header.js';
import { BackupError } from './backup-error.js';
import { newLock, openedLock } from './sealing/passphrase-lock.js';
import { PieceReader } from './piece-reader.js';
import { SEALED_PIECE_BYTES, sealPieces, openPieces } from './sealed-pieces.js';

const LENGTH_BYTES = 4;

/** The table of contents without the files. */
export type BackupSummary = Omit<BackupContent, 'files'>;

interface Lock {
  readonly passphrase: string;
  readonly cost: ScryptCost;
}

/** Writes the files in `folder` to a backup. `exists`: the path is taken, and nothing was written. */
export async function packBackup(
  file: string,
  folder: string,
  about: BackupSummary,
  lock: Lock,
): Promise<'written' | 'exists'> {
  const { key, header } = await newLock(lock.passphrase, lock.cost, BACKUP_MAGIC);
  return writeNewFile(file, prefixed(header, sealPieces(plainOf(folder, about), { key, header })));
}

/** Writes the files of a backup to `folder` and gives its contents. Throws BackupError, or an error of the disk. */
export async function unpackBackup(file: string, folder: string, passphrase: string): Promise<BackupContent> {
  const reader = await FileReader.open(file);
  try {
    const header = await reader.take(HEADER_BYTES);
    const { key } = await openedLock(passphrase, header, BACKUP_MAGIC);
    return await unpack(new PieceReader(openPieces(reader.pieces(SEALED_PIECE_BYTES), { key, header })), folder);
  } finally {
    await reader.close();
  }
}

async function* prefixed(header: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield header;
  yield* rest;
}

/** The length of the table of contents, the table, and the files. */
async function* plainOf(folder: string, about: BackupSummary): AsyncGenerator<Uint8Array> {
  const files = [];
  for (const name of BACKUP_FILES) files.push({ name, bytes: await sizeOf(join(folder, name)) });
  const content = { ...about, files };
  assert(BackupContentShape.accepts(content), 'the reader accepts the table of contents that the writer makes');
  const text = utf8(JSON.stringify(content));
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, text.length);
  yield concat(length, text);
  for (const { name } of files) yield* bytesOf(join(folder, name));
}

async function sizeOf(path: string): Promise<number> {
  const reader = await FileReader.open(path);
  return reader.size().finally(() => reader.close());
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  const reader = await FileReader.open(path);
  try {
    yield* reader.pieces(LIMITS.backupPieceBytes);
  } finally {
    await reader.close();
  }
}

async function unpack(bytes: PieceReader, folder: string): Promise<BackupContent> {
  const lengthBytes = await bytes.take(LENGTH_BYTES);
  const length = new DataView(lengthBytes.buffer, lengthBytes.byteOffset).getUint32(0);
  if (length > LIMITS.backupContentBytes) throw new BackupError('BACKUP_DAMAGED');
  const content = parseJson(textOf(await bytes.take(length)) ?? '');
  if (!BackupContentShape.accepts(content)) throw new BackupError('BACKUP_UNKNOWN');
  for (const file of content.files) await writeNewFile(join(folder, file.name), bytes.upTo(file.bytes));
  if (!(await bytes.isOver())) throw new BackupError('BACKUP_DAMAGED');
  return content;
}
