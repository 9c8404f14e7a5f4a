// The certificate that a server shows to browsers: two files in PEM, judged before anybody connects.

import { createSecureContext } from 'node:tls';
import { readTextFile } from '../disk/text-file.js';
import { OperationalError, operationalError } from '../operational-error.js';

export interface TlsFiles {
  /** The certificate, and those above it where there are some. */
  readonly cert: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.2';
}

const FILE_BYTES = 256 * 1_024;

/**
 * Throws OperationalError where a file is missing, is not what it should be, or where the two do not belong together.
 */
export function readTlsFiles(certPath: string, keyPath: string): TlsFiles {
  const files = { cert: read(certPath), key: read(keyPath), minVersion: 'TLSv1.2' } as const;
  try {
    createSecureContext(files);
    return files;
  } catch (error) {
    throw new OperationalError(
      `${certPath} and ${keyPath}: these are no certificate and its key, in PEM. Check both files.`,
      {
        cause: error,
      },
    );
  }
}

function read(path: string): string {
  const text = readTextFile(path, FILE_BYTES);
  if (text === null) throw operationalError(path, Object.assign(new Error('no such file'), { code: 'ENOENT' }));
  return text;
}
