// A source of posts for tests: it takes knocks like a client, and any response that the test writes.

import type { TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { listenForKnocks, type KnockHost } from '../../runtime/link/knocks.js';

/** Answers a request. `text`: its head. */
export type Answerer = (socket: TLSSocket, text: string) => void;

export interface Source extends KnockHost {
  /** The heads of the requests so far. */
  readonly requests: string[];
}

export async function listenAs(context: TestContext, answer: Answerer): Promise<Source> {
  const requests: string[] = [];
  const host = await listenForKnocks(context, {
    onHttp: (socket) => {
      socket.on('error', () => undefined); // the reader closes the connection when it has seen enough
      socket.once('data', (chunk: Buffer) => {
        requests.push(chunk.toString());
        answer(socket, chunk.toString());
      });
      socket.resume(); // the knock has left it paused
    },
  });
  return { ...host, requests };
}

/** An honest response with the requested bytes. */
export function honestly(content: Buffer, sha256: string, cutAfter = Infinity): Answerer {
  return (socket, text) => {
    const start = Number(/Range: bytes=(\d+)-/.exec(text)?.[1] ?? 0);
    const body = content.subarray(start);
    const range = start > 0 ? `Content-Range: bytes ${start}-${content.length - 1}/${content.length}\r\n` : '';
    const status = start > 0 ? '206 Partial Content' : '200 OK';
    socket.write(`HTTP/1.1 ${status}\r\nETag: "${sha256}"\r\nContent-Length: ${body.length}\r\n${range}\r\n`);
    socket.end(body.subarray(0, cutAfter));
  };
}
