// A second thread of this program, for work that must not hold up the first: they share nothing and send each other
// messages.

import { constants, platform, setPriority } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';
import { assert } from '../protocols/kit/machine.js';

export class WorkerThread<Told, Heard> {
  private readonly worker: Worker;

  /** `file`: a compiled module that calls `serveThread`. A fault in it is one of ours, and ends the program. */
  constructor(file: URL, onHeard: (heard: Heard) => void) {
    this.worker = new Worker(file);
    this.worker.on('message', onHeard);
    this.worker.on('error', (error) => {
      throw error;
    });
  }

  send(told: Told): void {
    this.worker.postMessage(told);
  }

  /** False: the program, or the thread that made this one, may end though it runs. */
  keepsProcess(isKept: boolean): void {
    if (isKept) this.worker.ref();
    else this.worker.unref();
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}

/** The other side: hears what the first thread tells. Gives how to answer. */
export function serveRequests<Told, Heard>(onTold: (told: Told) => void): (heard: Heard) => void {
  assert(parentPort !== null, 'this module runs in a thread of its own');
  // On Linux a priority belongs to the thread that sets it; elsewhere it would slow down the whole program.
  if (platform() === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const port = parentPort;
  port.on('message', onTold);
  return (heard) => port.postMessage(heard);
}
