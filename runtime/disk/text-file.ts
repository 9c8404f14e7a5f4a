// Reads a small file wholly. The bound holds for the bytes that are read, because some files, such as those in /proc,
// have no true size. Devices, pipes and folders are refused.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { viewOf } from '../../protocols/kit/bytes.js';
import { OperationalError, operationalError } from '../operational-error.js';

/** Without it, opening a pipe would wait for a writer. */
export const READ_WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK;

const PIECE_BYTES = 64 * 1_024;

/** The same as text. */
export function readTextFile(path: string, bytesMax: number): string | null {
  const bytes = readBoundedFile(path, bytesMax);
  return bytes && Buffer.from(bytes).toString('utf8');
}

/** Null if the file does not exist. Throws OperationalError if it is too large, no file, or cannot be read. */
export function readBoundedFile(path: string, bytesMax: number): Uint8Array | null {
  try {
    const file = openOrNull(path);
    return file === null ? null : readAndClose(file, path, bytesMax);
  } catch (error) {
    throw operationalError(path, error);
  }
}

/** The error for a path that leads to a folder, a device, a pipe or a socket. */
export function notAFile(path: string): OperationalError {
  return new OperationalError(`${path}: that is not a file. Choose a file.`);
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, READ_WITHOUT_WAITING);
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      if (error.code === 'ENOENT') return null;
      if (error.code === 'ENXIO') throw notAFile(path); // a socket
    }
    throw error;
  }
}

function readAndClose(file: number, path: string, bytesMax: number): Uint8Array {
  try {
    const about = fstatSync(file);
    if (!about.isFile() && !about.isDirectory()) throw notAFile(path); // reading a directory fails by itself
    return readUpTo(file, path, bytesMax);
  } finally {
    closeSync(file);
  }
}

function readUpTo(file: number, path: string, bytesMax: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let size = 0; ;) {
    const buffer = Buffer.alloc(PIECE_BYTES);
    const bytesRead = readSync(file, buffer);
    if (bytesRead === 0) return Buffer.concat(pieces);
    size += bytesRead;
    if (size > bytesMax) throw tooLarge(path, bytesMax);
    pieces.push(viewOf(buffer, 0, bytesRead));
  }
}

function tooLarge(path: string, bytesMax: number): OperationalError {
  return new OperationalError(`${path}: the file is larger than ${bytesMax} bytes. Check that it is the right one.`);
}
