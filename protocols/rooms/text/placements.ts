// Tells the others where our clients are [ROOM-9]: the latest of each, and all anew to who forgot.

import type { Operation } from '../order/message.js';
import type { Client, Clients } from './clients.js';

interface Place {
  readonly room: number;
  readonly nick: string;
}

export class Placements {
  private readonly told = new Map<number, Place>();
  private readonly changed = new Set<number>();

  constructor(private readonly clients: Clients) {}

  change(client: Client): void {
    this.changed.add(client.id);
  }

  /** The others know nothing of our clients any more. */
  forgotten(): void {
    this.told.clear();
    this.changed.clear();
    for (const client of this.clients.all()) if (client.room > 0) this.changed.add(client.id);
  }

  /** Gives out what is to be told, while `mayTell`. True iff nothing is left. */
  flush(mayTell: () => boolean, tell: (operation: Operation) => void): boolean {
    for (const id of this.changed) {
      const place = this.placeOf(id);
      if (this.isKnown(id, place)) {
        this.changed.delete(id);
        continue;
      }
      if (!mayTell()) return false;
      this.changed.delete(id);
      if (place.room === 0) this.told.delete(id);
      else this.told.set(id, place);
      tell({ kind: 'place', client: id, ...place, text: '' });
    }
    return true;
  }

  private placeOf(id: number): Place {
    const client = this.clients.ofId(id);
    return client && client.room > 0 ? { room: client.room, nick: client.nick } : { room: 0, nick: '' };
  }

  private isKnown(id: number, { room, nick }: Place): boolean {
    const told = this.told.get(id);
    return (told?.room ?? 0) === room && (told?.nick ?? '') === nick;
  }
}
