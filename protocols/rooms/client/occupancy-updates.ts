// Tells the others where our clients are [ROOM-9]: the latest of each, and all anew to who forgot.

import type { RoomOperation } from '../order/message.js';
import type { RoomClient, RoomClients } from './room-clients.js';

interface Occupancy {
  readonly room: number;
  readonly nick: string;
}

export class OccupancyUpdates {
  private readonly sent = new Map<number, Occupancy>();
  private readonly changed = new Set<number>();

  constructor(private readonly clients: RoomClients) {}

  markChanged(client: RoomClient): void {
    this.changed.add(client.id);
  }

  /** The others know nothing of our clients any more. */
  resendAll(): void {
    this.sent.clear();
    this.changed.clear();
    for (const client of this.clients.all()) if (client.room > 0) this.changed.add(client.id);
  }

  /** Gives out what is to be told, while `mayTell`. True iff nothing is left. */
  flush(mayTell: () => boolean, tell: (operation: RoomOperation) => void): boolean {
    for (const id of this.changed) {
      const place = this.occupancyOf(id);
      if (this.isSent(id, place)) {
        this.changed.delete(id);
        continue;
      }
      if (!mayTell()) return false;
      this.changed.delete(id);
      if (place.room === 0) this.sent.delete(id);
      else this.sent.set(id, place);
      tell({ type: 'occupancy', client: id, ...place, text: '' });
    }
    return true;
  }

  private occupancyOf(id: number): Occupancy {
    const client = this.clients.ofId(id);
    return client && client.room > 0 ? { room: client.room, nick: client.nick } : { room: 0, nick: '' };
  }

  private isSent(id: number, { room, nick }: Occupancy): boolean {
    const told = this.sent.get(id);
    return (told?.room ?? 0) === room && (told?.nick ?? '') === nick;
  }
}
