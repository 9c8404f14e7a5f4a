// The commands `devices` and `renew-device`: the devices that speak for the user, and new keys for this one.

import { fingerprintWords } from '../../../protocols/directory/fingerprint.js';
import type { OwnDevice } from '../../../protocols/control/commands/account.js';
import { isoTime, type Context } from '../core/context.js';
import type { Part } from '../core/part.js';
import { SETTINGS } from '../core/settings.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { Session } from '../server/session.js';
import type { KeyRotation } from './key-rotation.js';
import { replacedDevices } from './replaced-devices.js';

interface Dependencies {
  readonly record: OwnRecord;
  readonly session: Session;
  readonly keyRotation: KeyRotation;
}

export class DeviceCommands implements Part {
  readonly commands = {
    devices: (ref: number) => this.list(ref),
    'renew-device': (ref: number) => this.renew(ref),
  };
  private isRenewing = false;

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {}

  private list(ref: number): void {
    const { me, now, store } = this.context;
    const listed = this.parts.record.devicesListed.map(({ device, since }): OwnDevice => {
      const isThis = device === me.device.publicKey;
      const lastSeen = isThis && this.parts.session.isOnline ? isoTime(now) : null;
      return this.describe(device, { since, lastSeen, state: isThis ? 'this' : 'other' });
    });
    const replaced = replacedDevices(store).map(({ device, since, until }) => {
      return this.describe(device, { since, lastSeen: isoTime(until), state: 'replaced' });
    });
    this.context.succeed(ref, 'devices', { devices: [...listed, ...replaced] });
  }

  /** The host gives commands without an answer to the new device, so that the answer comes from there. */
  private renew(ref: number): void {
    const { me, store } = this.context;
    const isDone = this.parts.keyRotation.isFirstRun && (store.setting(SETTINGS.newDeviceWanted) ?? '') !== '';
    const device = me.device.publicKey;
    if (isDone) {
      store.putSetting(SETTINGS.newDeviceWanted, '');
      const fingerprint = fingerprintWords(device, this.context.primitives);
      return this.context.succeed(ref, 'renew-device', { device, fingerprint });
    }
    if (me.isIdentityLocked) return this.context.refuseWith(ref, 'IDENTITY_LOCKED', me.name);
    if (this.isRenewing) return this.context.refuseWith(ref, 'RENEWING', me.name);
    this.isRenewing = true;
    store.putSetting(SETTINGS.newDeviceWanted, device);
    this.parts.keyRotation.renew();
  }

  private describe(
    device: string,
    { since, lastSeen, state }: { since: number } & Pick<OwnDevice, 'lastSeen' | 'state'>,
  ): OwnDevice {
    const fingerprint = fingerprintWords(device, this.context.primitives);
    return { device, fingerprint, since: isoTime(since), lastSeen, state };
  }
}
