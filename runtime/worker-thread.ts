// A second thread of this program, for work that must not block the first. The threads share nothing and exchange
// messages.

import { constants, platform, setPriority } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';
import { assert } from '../protocols/kit/machine.js';

export class WorkerThread<Request, Response> {
  private readonly worker: Worker;

  /** `file`: a compiled module that calls `serveRequests`. An exception in it ends the program. */
  constructor(file: URL, onResponse: (response: Response) => void) {
    this.worker = new Worker(file);
    this.worker.on('message', onResponse);
    this.worker.on('error', (error) => {
      throw error;
    });
  }

  send(request: Request): void {
    this.worker.postMessage(request);
  }

  /** False: the program may end while this thread runs. */
  keepsProcess(isKept: boolean): void {
    if (isKept) this.worker.ref();
    else this.worker.unref();
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}

/** Called in the second thread: receives the requests. Returns the function that sends responses. */
export function serveRequests<Request, Response>(onRequest: (request: Request) => void): (response: Response) => void {
  assert(parentPort !== null, 'this module runs in a worker thread');
  // On Linux the priority belongs to the calling thread. Elsewhere it would slow down the whole program.
  if (platform() === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const port = parentPort;
  port.on('message', onRequest);
  return (response) => port.postMessage(response);
}
