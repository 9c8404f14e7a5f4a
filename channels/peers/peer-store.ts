// The file in which a channel server keeps its last boot and its peers across restarts.

import { join } from 'node:path';
import { Type } from '../../protocols/kit/packages/typebox.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { compileShape, Count, exactly } from '../../protocols/kit/shapes.js';
import type { SavedPeer } from '../../protocols/channels/relay/io.js';
import { writeFileAtomically } from '../../runtime/disk/atomic-file.js';
import { readTextFile } from '../../runtime/disk/text-file.js';
import { OperationalError, operationalError } from '../../runtime/operational-error.js';
import { KeyOrFingerprint } from './key-parser.js';

const storeShape = compileShape(
  exactly({
    boot: Count,
    peers: Type.Array(
      exactly({
        host: Type.String({ minLength: 1, maxLength: 253 }),
        port: Type.Integer({ minimum: 1, maximum: 65_535 }),
        key: Type.Union([KeyOrFingerprint, Type.Null()]),
        isManual: Type.Boolean(),
      }),
      { maxItems: LIMITS.peersKeptMax },
    ),
  }),
);

const FILE = 'channels.json';

export class PeerStore {
  private constructor(
    private readonly path: string,
    private lastBoot: number,
    private saved: readonly SavedPeer[],
  ) {}

  /**
   * Begins a new boot and writes it to disk before the relay uses it. The boot is higher than the last one and not
   * lower than the clock, so a restored copy of the directory does not reuse an old boot [RELAY-4]. Throws
   * OperationalError.
   */
  static open(directory: string, now: number): PeerStore {
    const path = join(directory, FILE);
    const text = readTextFile(path, LIMITS.peerStoreBytes);
    const saved = text === null ? { boot: 0, peers: [] } : parseJson(text);
    if (text !== null && !storeShape.accepts(saved))
      throw new OperationalError(
        `${path}: the file is damaged. To start without saved peers and their keys, type: mv ${path} ${path}.damaged`,
      );
    const { boot, peers } = saved as { boot: number; peers: SavedPeer[] };
    const store = new PeerStore(path, Math.max(boot + 1, now), peers);
    store.save(peers);
    return store;
  }

  get boot(): number {
    return this.lastBoot;
  }

  /** The boot has risen while the server runs [RELAY-14]; it is on disk when this returns. Throws OperationalError. */
  raiseBoot(boot: number): void {
    this.lastBoot = boot;
    this.save(this.saved);
  }

  get peers(): readonly SavedPeer[] {
    return this.saved;
  }

  /** The peers are on disk when this returns. Throws OperationalError. */
  save(peers: readonly SavedPeer[]): void {
    this.saved = peers;
    try {
      writeFileAtomically(this.path, JSON.stringify({ boot: this.boot, peers }));
    } catch (error) {
      throw operationalError(this.path, error);
    }
  }
}
