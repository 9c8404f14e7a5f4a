// What follows from a change of a group: join requests to decide, a public listing to update.

import type { Admission } from '../admission/admission.js';
import type { GroupListener } from '../groups.js';
import type { PublicGroups } from '../public-groups.js';
import type { RunningGroup } from '../running-groups.js';

export class GroupChanges implements GroupListener {
  /** The groups that we led at their last change. */
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
