// Where programs live and find each other: ground, cables, addresses, and the name server's door.

import type { Endpoint, Question, QuestionAnswer } from '../../../client/engine/core/io.js';
import type { Cable, CableEnd } from './cable.js';
import { Cables } from './cables.js';
import type { Ground, Run } from './ground.js';

/** Somebody who can be dialled and sent datagrams. */
export interface Listener {
  readonly place: string;
  readonly device: string;
  readonly endpoint: Endpoint;
  /** False behind a router that lets nothing in. */
  readonly takesDials: boolean;
  /** A dial came through: gives our end of the cable, and what tells us that the greeting may begin. */
  meet(from: Endpoint, peerKey: string, exported: Uint8Array): { end: CableEnd; opened: (cable: Cable) => void };
  datagram(from: Endpoint, bytes: Uint8Array): void;
}

/** The name server, while it runs. */
export interface ServerDoor {
  readonly place: string;
  enter(address: string): { end: CableEnd; opened: (cable: Cable) => void };
  question(question: Question, reply: (answer: QuestionAnswer) => void): void;
}

export class Town {
  readonly cables: Cables;
  server: ServerDoor | null = null;
  private readonly listeners = new Map<string, Listener>();

  constructor(readonly ground: Ground) {
    this.cables = new Cables(ground);
  }

  get run(): Run {
    return this.ground.run;
  }

  /** False if somebody listens there already. */
  listen(listener: Listener): boolean {
    const key = keyOf(listener.endpoint);
    if (this.listeners.has(key)) return false;
    this.listeners.set(key, listener);
    return true;
  }

  leave(listener: Listener): void {
    this.listeners.delete(keyOf(listener.endpoint));
  }

  at(endpoint: Endpoint): Listener | null {
    return this.listeners.get(keyOf(endpoint)) ?? null;
  }
}

function keyOf({ host, port }: Endpoint): string {
  return `${host}:${port}`;
}
