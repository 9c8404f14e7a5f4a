// Who may import whom: one row for each folder, the files that may import each package. Anything not listed is refused.

import { importsOf, type Import } from './imports.js';
import { findingAt, type Finding, type Source } from '../source.js';

/** A file belongs to the row with the longest folder that holds it. Its own folder may always be imported. */
interface Layer {
  readonly folder: string;
  readonly mayImport: readonly string[];
  /** True where nothing of the host (`node:…`) may be imported. */
  readonly isPure: boolean;
}

const PROGRAM = ['protocols', 'runtime'];
const ANYTHING = ['protocols', 'runtime', 'client', 'channels', 'nameserver', 'rooms', 'start', 'web', 'test'];

/** The floors of the client engine, the lowest first. `FEATURES` stand side by side above them, below `lifecycle`. */
const ENGINE = 'client/engine';
const FLOORS = ['core', 'identity', 'server', 'transport', 'conversations'];
const FEATURES = ['friends', 'chat', 'groups', 'posts', 'quick', 'channels'];

/** A floor imports lower floors only; a feature imports every floor and no other feature. */
function engineLayers(): Layer[] {
  const row = (name: string, below: readonly string[]): Layer => {
    const mayImport = ['protocols', ...below.map((floor) => `${ENGINE}/${floor}`)];
    return { folder: `${ENGINE}/${name}`, mayImport, isPure: true };
  };
  const floors = FLOORS.map((floor, at) => row(floor, FLOORS.slice(0, at)));
  const features = FEATURES.map((feature) => row(feature, FLOORS));
  return [...floors, ...features, row('lifecycle', [...FLOORS, ...FEATURES])];
}

const LAYERS: readonly Layer[] = [
  { folder: 'protocols/kit', mayImport: [], isPure: true },
  { folder: 'protocols', mayImport: ['protocols/kit'], isPure: true },
  { folder: 'runtime', mayImport: ['protocols/kit'], isPure: false },
  { folder: 'client', mayImport: PROGRAM, isPure: false },
  { folder: ENGINE, mayImport: ['protocols'], isPure: true },
  ...engineLayers(),
  { folder: 'client/store', mayImport: [...PROGRAM, 'client/engine'], isPure: false },
  { folder: 'client/cli', mayImport: ['protocols/control', 'protocols/kit', 'runtime'], isPure: false },
  { folder: 'channels', mayImport: PROGRAM, isPure: false },
  { folder: 'nameserver', mayImport: [...PROGRAM, 'channels'], isPure: false },
  { folder: 'rooms', mayImport: PROGRAM, isPure: false },
  { folder: 'start', mayImport: PROGRAM, isPure: false },
  { folder: 'web', mayImport: ['protocols'], isPure: true },
  { folder: 'web/host', mayImport: ['protocols'], isPure: true },
  { folder: 'web/packages', mayImport: [], isPure: true },
  { folder: 'web/state', mayImport: ['protocols'], isPure: true },
  { folder: 'scripts', mayImport: ['dist'], isPure: false },
  { folder: 'test', mayImport: ANYTHING, isPure: false },
  { folder: 'bench', mayImport: ANYTHING, isPure: false },
];

/** Where each package may be imported: a folder ends in `/`. Tests and benchmarks may import all. */
const PACKAGE_IMPORTERS: Readonly<Record<string, readonly string[]>> = {
  typebox: ['protocols/kit/packages/', 'web/packages/'],
  nanoid: ['protocols/kit/packages/'],
  'better-sqlite3': ['runtime/sqlite.ts'],
  fastify: ['nameserver/'],
  '@fastify/helmet': ['nameserver/'],
  '@fastify/swagger': ['nameserver/'],
  '@fastify/swagger-ui': ['nameserver/'],
  '@fastify/type-provider-typebox': ['nameserver/'],
  '@fastify/websocket': ['nameserver/'],
  'prom-client': ['nameserver/', 'rooms/'],
  undici: ['client/directory-client.ts'],
  commander: ['client/main.ts', 'nameserver/main.ts', 'rooms/'],
  pino: ['runtime/log.ts'],
  rolldown: ['scripts/bundle/re-exports.mjs'],
  ws: ['runtime/', 'channels/', 'nameserver/'],
  '@hpke/core': ['runtime/', 'web/host/'],
  preact: ['web/views/', 'web/main.tsx'],
  '@preact/signals': ['web/views/', 'web/main.tsx', 'web/page.ts', 'web/session.ts'],
  vite: ['scripts/bundle/page.mjs'],
  'node:tls': ['runtime/'],
  'node:net': ['runtime/', 'start/', 'scripts/'],
  'node:dgram': ['runtime/'],
  'node:dns': ['runtime/'],
  'node:dns/promises': ['runtime/'],
  'node:http': ['nameserver/rest/web-sockets/upgrades.ts', 'runtime/'],
  'node:https': ['runtime/'],
  'node:zlib': ['runtime/'],
  'node:worker_threads': ['runtime/worker-thread.ts'],
  'node:crypto': ['runtime/', 'scripts/'],
  'node:fs': ['runtime/', 'start/', 'scripts/'],
  'node:child_process': ['runtime/', 'start/', 'scripts/'],
};

/** Modules of the host without side effects: open to everything that is not pure. */
const OPEN = new Set(
  ['assert', 'async_hooks', 'events', 'module', 'os', 'path', 'process', 'readline', 'stream', 'string_decoder', 'test']
    .concat(['timers', 'timers/promises', 'tty', 'url', 'util'])
    .map((name) => `node:${name}`),
);

export function layersRule(source: Source): Finding[] {
  const layer = layerOf(source.path);
  if (!layer)
    return [{ path: source.path, line: 1, says: 'no layer: give its folder a row in test/tidy/imports/layers.ts' }];
  return importsOf(source).flatMap((found) => {
    const says =
      found.kind === 'file' ? fileTrouble(layer, source.path, found) : packageTrouble(layer, source.path, found);
    return says === null ? [] : [findingAt(source, found.position, says)];
  });
}

function layerOf(path: string): Layer | undefined {
  const holding = LAYERS.filter(({ folder }) => path.startsWith(`${folder}/`));
  return holding.sort((a, b) => b.folder.length - a.folder.length)[0];
}

function fileTrouble(layer: Layer, path: string, { target }: Import): string | null {
  const open = [homeOf(layer, path), ...layer.mayImport];
  if (open.some((folder) => target.startsWith(`${folder}/`))) return null;
  return `${target} may not be imported here, only ${open.join(', ')}`;
}

/** The folder whose files may import each other. Each protocol is an island. */
function homeOf(layer: Layer, path: string): string {
  return layer.folder === 'protocols' ? path.split('/').slice(0, 2).join('/') : layer.folder;
}

function packageTrouble(layer: Layer, path: string, { target: name, isType }: Import): string | null {
  if (layer.folder === 'test' || layer.folder === 'bench') return null;
  if (layer.isPure && name.startsWith('node:')) return `${name} in pure code: make it an input or an effect`;
  if (OPEN.has(name) || (isType && name.startsWith('node:'))) return null;
  const importers = PACKAGE_IMPORTERS[name];
  if (!importers)
    return `${name} is imported nowhere else: list it in test/tidy/imports/layers.ts, add a page to docs/decisions`;
  if (importers.some((file) => (file.endsWith('/') ? path.startsWith(file) : path === file))) return null;
  return `only ${importers.join(' or ')} may import ${name}: add there what you need`;
}
