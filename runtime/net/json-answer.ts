// Asks a web server one question and gives its JSON answer: bounded in time and bytes, and null for every trouble.

import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { concat, parseJson, textOf } from '../../protocols/kit/bytes.js';

export interface JsonQuestion {
  /** `http://…` or `https://…` */
  readonly url: string;
  readonly timeoutMs: number;
  readonly bytesMax: number;
}

/**
 * The parsed JSON of an answer with status 200; null if there is none. The certificate is not checked: use it only for
 * what is proven later.
 */
export function unprovenJson({ url, timeoutMs, bytesMax }: JsonQuestion): Promise<unknown> {
  const get = url.startsWith('https:') ? getSecure : getPlain;
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const request = get(url, { signal, agent: false, rejectUnauthorized: false }, (response) => {
      const pieces: Uint8Array[] = [];
      let bytes = 0;
      response.on('error', () => resolve(null));
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > bytesMax) request.destroy(new Error('the answer is too long'));
        else pieces.push(piece);
      });
      response.on('end', () => resolve(response.statusCode === 200 ? jsonOf(concat(...pieces)) : null));
    });
    request.on('error', () => resolve(null));
  });
}

function jsonOf(bytes: Uint8Array): unknown {
  const text = textOf(bytes);
  return text === null ? null : (parseJson(text) ?? null);
}
