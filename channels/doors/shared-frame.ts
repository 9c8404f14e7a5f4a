// A frame for many: its bytes are made once for each kind of door, whoever else is told what before and after it.

import type { DoorFrame } from '../../protocols/channels/door.js';
import { wireForm, type Wire } from './wire-form.js';

export class SharedFrame {
  private readonly forms: Partial<Record<Wire, Buffer>> = {};

  constructor(private readonly frame: DoorFrame) {}

  /** Nobody may change them. */
  bytes(wire: Wire): Buffer {
    return (this.forms[wire] ??= wireForm(JSON.stringify(this.frame), wire));
  }
}
