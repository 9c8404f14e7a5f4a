// What a server of channels keeps over restarts, in one small file: its last boot, and its peers with their keys.

import { join } from 'node:path';
import { Type } from '../../protocols/kit/packages/typebox.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { compileShape, Count, exactly } from '../../protocols/kit/shapes.js';
import type { SavedPeer } from '../../protocols/channels/relay/io.js';
import { writeFileAtomically } from '../../runtime/disk/atomic-file.js';
import { readTextFile } from '../../runtime/disk/text-file.js';
import { Trouble, troubleWith } from '../../runtime/trouble.js';
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
      { maxItems: LIMITS.peersKept },
    ),
  }),
);

const FILE = 'channels.json';

export class PeerStore {
  private constructor(
    private readonly path: string,
    readonly boot: number,
    private kept: readonly SavedPeer[],
  ) {}

  /**
   * Begins a new boot: it is on the disk before anybody hears of it. Higher than the last, and than the time: a copy
   * of the directory that was put back does not begin below what others have seen. Throws Trouble.
   */
  static open(directory: string, now: number): PeerStore {
    const path = join(directory, FILE);
    const text = readTextFile(path, LIMITS.peerStoreBytes);
    const before = text === null ? { boot: 0, peers: [] } : parseJson(text);
    if (text !== null && !storeShape.accepts(before))
      throw new Trouble(`${path}: the file is damaged. Remove it; peers are then asked for their keys anew.`);
    const { boot, peers } = before as { boot: number; peers: SavedPeer[] };
    const memory = new PeerStore(path, Math.max(boot + 1, now), peers);
    memory.keep(peers);
    return memory;
  }

  get peers(): readonly SavedPeer[] {
    return this.kept;
  }

  /** On the disk when this returns. Throws Trouble. */
  keep(peers: readonly SavedPeer[]): void {
    this.kept = peers;
    try {
      writeFileAtomically(this.path, JSON.stringify({ boot: this.boot, peers }));
    } catch (error) {
      throw troubleWith(this.path, error);
    }
  }
}
