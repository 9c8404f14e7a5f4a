// Faults planted in room servers: each breaks one rule of protocols/rooms/SPEC.md, and the simulation must notice.

import { ViewChangeDetector } from '../../../protocols/rooms/view/view-change-detector.js';
import { Agreement } from '../../../protocols/rooms/view/agreement.js';
import { Proposer } from '../../../protocols/rooms/view/proposer.js';
import { ClientRelease } from '../../../protocols/rooms/order/client-release.js';
import { DeliveryLog } from '../../../protocols/rooms/order/delivery-log.js';
import { ViewOrder } from '../../../protocols/rooms/order/view-order.js';
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
    target: ViewOrder,
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
    target: ViewOrder,
    method: 'isAhead',
    planted: () => () => false,
  },
  {
    fault: 'a server is the same after a restart: boots are ignored',
    target: RoomHost,
    method: 'nextState',
    planted: () =>
      function (this: { state: object }): object {
        return { ...this.state, boot: 1 };
      },
  },
  {
    fault: 'what was promised is not kept on the disk',
    target: RoomHost,
    method: 'persist',
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
    target: Proposer,
    method: 'addPromise',
    planted: (real) =>
      function (this: Proposer, from: number, promised: object): unknown {
        return Reflect.apply(real, this, [from, { ...promised, accepted: null }]);
      },
    isElusive: true,
  },
  {
    fault: 'who has no state becomes a member without a snapshot',
    target: Agreement,
    method: 'sendSnapshot',
    planted: () =>
      function (this: { proposer: Proposer }, { to }: { to: number }): number {
        this.proposer.confirmSnapshot(to);
        return 0;
      },
  },
  {
    fault: 'what was sent counts as sent in the next view',
    target: Replica,
    method: 'enter',
    planted: (real) =>
      function (this: { pending: { restart: () => void } }, now: number): unknown {
        this.pending.restart = () => undefined;
        return Reflect.apply(real, this, [now]);
      },
  },
  {
    fault: 'what comes again in another view is delivered again',
    target: ClientRelease,
    method: 'received',
    planted: () =>
      function (this: { order: string; release: (message: unknown) => void }, message: unknown): void {
        if (this.order !== 'total') this.release(message);
      },
  },
  {
    fault: 'the rest of a closing view is dropped',
    target: Replica,
    method: 'deliverRest',
    planted: () => () => undefined,
  },
  {
    fault: 'who comes back hears nothing of what it missed',
    target: DeliveryLog,
    method: 'since',
    planted: () => () => [],
  },
  {
    fault: 'aiming at the boot already aimed at clears the stream',
    target: SendStream,
    method: 'bindTo',
    planted: () =>
      function (this: { boot: number; clear(): void }, boot: number): void {
        this.boot = boot;
        this.clear();
      },
  },
  {
    fault: 'nobody ever stands for a new view',
    target: ViewChangeDetector,
    method: 'isNeeded',
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
