// Faults planted in room servers: each breaks one rule of protocols/rooms/SPEC.md, and the simulation must notice.

import { Need } from '../../../protocols/rooms/view/need.js';
import { Agreement } from '../../../protocols/rooms/view/agreement.js';
import { Candidacy } from '../../../protocols/rooms/view/candidacy.js';
import { HandOver } from '../../../protocols/rooms/order/hand-over.js';
import { Ledger } from '../../../protocols/rooms/order/ledger.js';
import { Ordering } from '../../../protocols/rooms/order/ordering.js';
import { SendStream } from '../../../protocols/rooms/link/send-stream.js';
import { Replica } from '../../../protocols/rooms/replica.js';
import { Acceptor } from '../../../protocols/rooms/view/acceptor.js';
import { RoomHost } from './room-host.js';
import { RoomsWorld } from './rooms-world.js';
import { withFault, type PlantedMethod } from '../mutants/planted-method.js';

/** `isElusive`: hunted by `npm run sim:mutants` only. */
export interface RoomMutant extends PlantedMethod {
  readonly fault: string;
  readonly isElusive?: boolean;
}

/** A class whose private parts are looked at: the fault is inside. */
interface OrderingInside {
  readonly members: readonly number[];
  countOf(member: number, from: number): number;
}
export const ROOM_MUTANTS: readonly RoomMutant[] = [
  {
    fault: 'a message is delivered once most have it',
    target: Ordering,
    method: 'acknowledgedByAll',
    planted: () =>
      function (this: OrderingInside, from: number): number {
        const counts = this.members.map((member) => this.countOf(member, from)).sort((a, b) => b - a);
        return counts[Math.floor(counts.length / 2)] ?? 0;
      },
  },
  {
    fault: 'who promises for the next view goes on in this one',
    target: Replica,
    method: 'wedge',
    planted: () => () => undefined,
  },
  {
    fault: 'acknowledgements that overtook messages count at once',
    target: Ordering,
    method: 'isAhead',
    planted: () => () => false,
  },
  {
    fault: 'a server is the same after a restart: boots are ignored',
    target: RoomHost,
    method: 'raised',
    planted: () =>
      function (this: { memory: object }): object {
        return { ...this.memory, boot: 1 };
      },
  },
  {
    fault: 'what was promised is not kept on the disk',
    target: RoomHost,
    method: 'remember',
    planted: () => () => undefined,
    isElusive: true,
  },
  {
    fault: 'an acceptor forgets what it promised',
    target: Acceptor,
    method: 'promise',
    planted: () => () => true,
    isElusive: true,
  },
  {
    fault: 'a candidate proposes its own, whatever was accepted before',
    target: Candidacy,
    method: 'takePromise',
    planted: (real) =>
      function (this: Candidacy, from: number, promised: object): unknown {
        return Reflect.apply(real, this, [from, { ...promised, accepted: null }]);
      },
    isElusive: true,
  },
  {
    fault: 'who has no state becomes a member without a snapshot',
    target: Agreement,
    method: 'sendSnapshot',
    planted: () =>
      function (this: { candidacy: Candidacy }, { to }: { to: number }): number {
        this.candidacy.takeSnapshotted(to);
        return 0;
      },
  },
  {
    fault: 'what was sent counts as sent in the next view',
    target: Replica,
    method: 'enter',
    planted: (real) =>
      function (this: { outbox: { begin: () => void } }, now: number): unknown {
        this.outbox.begin = () => undefined;
        return Reflect.apply(real, this, [now]);
      },
  },
  {
    fault: 'what comes again in another view is delivered again',
    target: HandOver,
    method: 'received',
    planted: () =>
      function (this: { order: string; hand: (message: unknown) => void }, message: unknown): void {
        if (this.order !== 'total') this.hand(message);
      },
  },
  {
    fault: 'the rest of a closing view is dropped',
    target: Replica,
    method: 'close',
    planted: () => () => undefined,
  },
  {
    fault: 'who comes back hears nothing of what it missed',
    target: Ledger,
    method: 'since',
    planted: () => () => [],
  },
  {
    fault: 'aiming at the boot already aimed at clears the stream',
    target: SendStream,
    method: 'aim',
    planted: () =>
      function (this: { boot: number; clear(): void }, boot: number): void {
        this.boot = boot;
        this.clear();
      },
  },
  {
    fault: 'nobody ever stands for a new view',
    target: Need,
    method: 'isThere',
    planted: () => () => false,
  },
];

export interface RoomCatch {
  readonly seed: number;
  readonly violation: string;
}

/** The first seed that is clean without the fault and shows it with; null where none of them does. */
export function huntInRooms(mutant: RoomMutant, from: number, seeds: number): RoomCatch | null {
  for (let seed = from; seed < from + seeds; seed += 1) {
    const [violation] = withFault(mutant, () => new RoomsWorld(seed).run().violations);
    if (violation !== undefined && new RoomsWorld(seed).run().violations.length === 0) {
      return { seed, violation: violation.split('\n')[0] ?? violation };
    }
  }
  return null;
}
