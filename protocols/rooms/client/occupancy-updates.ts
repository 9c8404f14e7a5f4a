// Tells all servers which room each client of this server is in [ROOM-9]: only the latest state, once per change.

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
    if (this.isSent(client.id, this.occupancyOf(client.id))) this.changed.delete(client.id);
    else this.changed.add(client.id);
  }

  /** The new view knows no client of this server: all that are in a room are sent again. */
  resendAll(): void {
    this.sent.clear();
    this.changed.clear();
    for (const client of this.clients.all()) if (client.room > 0) this.changed.add(client.id);
  }

  /** Sends changes while `maySend` allows. True iff none is left. */
  flush(maySend: () => boolean, send: (operation: RoomOperation) => void): boolean {
    for (const id of this.changed) {
      const occupancy = this.occupancyOf(id);
      if (this.isSent(id, occupancy)) {
        this.changed.delete(id);
        continue;
      }
      if (!maySend()) return false;
      this.changed.delete(id);
      if (occupancy.room === 0) this.sent.delete(id);
      else this.sent.set(id, occupancy);
      send({ type: 'occupancy', client: id, ...occupancy, text: '' });
    }
    return true;
  }

  private occupancyOf(id: number): Occupancy {
    const client = this.clients.ofId(id);
    return client && client.room > 0 ? { room: client.room, nick: client.nick } : { room: 0, nick: '' };
  }

  private isSent(id: number, { room, nick }: Occupancy): boolean {
    const sent = this.sent.get(id);
    return (sent?.room ?? 0) === room && (sent?.nick ?? '') === nick;
  }
}
