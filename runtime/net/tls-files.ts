// The certificate of a server for HTTPS: two PEM files, checked when the server starts.

import { createSecureContext } from 'node:tls';
import { readTextFile } from '../disk/text-file.js';
import { OperationalError, operationalError } from '../operational-error.js';

export interface TlsFiles {
  /** The certificate and its chain. */
  readonly cert: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.2';
}

const FILE_BYTES = 256 * 1_024;

/** Throws OperationalError if a file is missing or not valid, or if the key does not belong to the certificate. */
export function readTlsFiles(certPath: string, keyPath: string): TlsFiles {
  const files = { cert: read(certPath), key: read(keyPath), minVersion: 'TLSv1.2' } as const;
  try {
    createSecureContext(files);
    return files;
  } catch (error) {
    throw new OperationalError(
      `${certPath} and ${keyPath}: these are not a certificate and its key in PEM. Check both files.`,
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
