// Faults planted in room servers: each breaks one rule of protocols/rooms/SPEC.md, and the simulation must catch it.

import { ViewChangeDetector } from '../../../protocols/rooms/view/view-change-detector.js';
import { Agreement } from '../../../protocols/rooms/view/agreement.js';
import { Proposer } from '../../../protocols/rooms/view/proposer.js';
import { ClientRelease } from '../../../protocols/rooms/order/client-release.js';
import { DeliveryLog } from '../../../protocols/rooms/order/delivery-log.js';
import { ViewOrder } from '../../../protocols/rooms/order/view-order.js';
import { SendStream } from '../../../protocols/rooms/link/send-stream.js';
import { ClientHandler } from '../../../protocols/rooms/client/client-handler.js';
import { UnconfirmedTraffic } from '../../../protocols/rooms/client/unconfirmed-traffic.js';
import { Replica } from '../../../protocols/rooms/replica.js';
import { Acceptor } from '../../../protocols/rooms/view/acceptor.js';
import { RoomHost } from './room-host.js';
import { RoomsWorld } from './rooms-world.js';
import { withFault, type PlantedMethod } from '../mutants/planted-method.js';

/** `isElusive`: takes many seeds, so only `npm run sim:mutants` runs it. */
export interface RoomMutant extends PlantedMethod {
  readonly fault: string;
  readonly isElusive?: boolean;
}

/** The private members that the fault needs. */
interface OrderingInside {
  readonly members: readonly number[];
  countOf(member: number, from: number): number;
}
export const ROOM_MUTANTS: readonly RoomMutant[] = [
  {
    fault: 'a message is delivered when only a majority has it',
    target: ViewOrder,
    method: 'acknowledgedByAll',
    planted: () =>
      function (this: OrderingInside, from: number): number {
        const counts = this.members.map((member) => this.countOf(member, from)).sort((a, b) => b - a);
        return counts[Math.floor(counts.length / 2)] ?? 0;
      },
  },
  {
    fault: 'a member that promised continues in its view',
    target: Replica,
    method: 'wedge',
    planted: () => () => undefined,
  },
  {
    fault: 'acknowledgements that arrive before messages count at once',
    target: ViewOrder,
    method: 'isAhead',
    planted: () => () => false,
  },
  {
    fault: 'the boot stays the same after a restart',
    target: RoomHost,
    method: 'nextState',
    planted: () =>
      function (this: { state: object }): object {
        return { ...this.state, boot: 1 };
      },
  },
  {
    fault: 'promises are not written to disk',
    target: RoomHost,
    method: 'persist',
    planted: () => () => undefined,
    isElusive: true,
  },
  {
    fault: 'an acceptor accepts any ballot',
    target: Acceptor,
    method: 'promise',
    planted: () => () => true,
    isElusive: true,
  },
  {
    fault: 'a proposer ignores values accepted before',
    target: Proposer,
    method: 'addPromise',
    planted: (real) =>
      function (this: Proposer, from: number, promised: object): unknown {
        return Reflect.apply(real, this, [from, { ...promised, accepted: null }]);
      },
    isElusive: true,
  },
  {
    fault: 'a server without state becomes a member without a snapshot',
    target: Agreement,
    method: 'sendSnapshot',
    planted: () =>
      function (this: { proposer: Proposer }, { to }: { to: number }): number {
        this.proposer.confirmSnapshot(to);
        return 0;
      },
  },
  {
    fault: 'pending operations are not sent again in the next view',
    target: Replica,
    method: 'enter',
    planted: (real) =>
      function (this: { pending: { restart: () => void } }, now: number): unknown {
        this.pending.restart = () => undefined;
        return Reflect.apply(real, this, [now]);
      },
  },
  {
    fault: 'a message that is sent again in another view is released again',
    target: ClientRelease,
    method: 'received',
    planted: () =>
      function (this: { order: string; release: (message: unknown) => void }, message: unknown): void {
        if (this.order !== 'total') this.release(message);
      },
  },
  {
    fault: 'undelivered messages of a closing view are dropped',
    target: Replica,
    method: 'deliverRest',
    planted: () => () => undefined,
  },
  {
    fault: 'a returning server gets no missed messages',
    target: DeliveryLog,
    method: 'since',
    planted: () => () => [],
  },
  {
    fault: 'binding a stream to its present boot clears it',
    target: SendStream,
    method: 'bindTo',
    planted: () =>
      function (this: { boot: number; clear(): void }, boot: number): void {
        this.boot = boot;
        this.clear();
      },
  },
  {
    fault: 'a client that has not confirmed receives every line',
    target: UnconfirmedTraffic,
    method: 'maySend',
    planted: () => () => true,
  },
  {
    fault: 'any code confirms a client',
    target: ClientHandler,
    method: 'isRightCode',
    planted: () => () => true,
  },
  {
    fault: 'no server ever proposes a view',
    target: ViewChangeDetector,
    method: 'isNeeded',
    planted: () => () => false,
  },
];

export interface CaughtRoomMutant {
  readonly seed: number;
  readonly violation: string;
}

/** The first seed that has violations with the fault and none without it; null if there is none. */
export function catchRoomMutant(mutant: RoomMutant, from: number, seeds: number): CaughtRoomMutant | null {
  for (let seed = from; seed < from + seeds; seed += 1) {
    const [violation] = withFault(mutant, () => new RoomsWorld(seed).run().violations);
    if (violation !== undefined && new RoomsWorld(seed).run().violations.length === 0) {
      return { seed, violation: violation.split('\n')[0] ?? violation };
    }
  }
  return null;
}
