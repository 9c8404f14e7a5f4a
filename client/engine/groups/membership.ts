// What follows elsewhere when a group is not as it was: wishes to decide, a listing to renew.

import type { Admission } from './admission.js';
import type { GroupListener, RunningGroup } from './groups.js';
import type { PublicGroups } from './public-groups.js';

export class Membership implements GroupListener {
  /** The groups that I led when I last looked. */
  private readonly led = new Set<string>();

  constructor(private readonly parts: { readonly admission: Admission; readonly publicGroups: PublicGroups }) {}

  changed(running: RunningGroup): void {
    const wasLeader = this.led.has(running.id);
    if (running.member.isLeader) this.led.add(running.id);
    else this.led.delete(running.id);
    this.parts.admission.changed(running, wasLeader);
    this.parts.publicGroups.publish(running);
  }

  joined(running: RunningGroup): void {
    this.parts.admission.joined(running);
  }

  awaits(group: string): boolean {
    return this.parts.admission.awaits(group);
  }
}
