// Makes the page that name servers serve (dist/page) of what is in web/: one script, one style, one document.

import { inRoot } from '../ready/root.mjs';

/** TypeBox compiles shapes by `eval`, which the page's policy forbids: there, another file in its place (web/packages). */
const SHAPES = /\/protocols\/kit\/packages\/typebox\.ts$/;
const PAGE_SHAPES = inRoot('web', 'packages', 'typebox.ts');

const ownDoorToShapes = {
  name: 'own-shapes',
  enforce: 'pre',
  async resolveId(specifier, importer) {
    if (importer === PAGE_SHAPES || !specifier.endsWith('/packages/typebox.js')) return null;
    const found = await this.resolve(specifier, importer, { skipSelf: true });
    return found && SHAPES.test(found.id.replaceAll('\\', '/')) ? PAGE_SHAPES : found;
  },
};

/** @hpke/core asks Node for its cryptography where there is no other; a browser has its own. */
const NO_NODE = '\0no-node';
const withoutNode = {
  name: 'without-node',
  enforce: 'pre',
  resolveId: (specifier) => (specifier === 'crypto' ? NO_NODE : null),
  load: (id) => (id === NO_NODE ? 'export const webcrypto = undefined;' : null),
};

export async function bundlePage() {
  const { build } = await import('vite'); // late: this file is read before packages are installed
  await build({
    configFile: false,
    root: inRoot('web'),
    base: './', // so that a proxy may serve it from anywhere below its own root
    cacheDir: inRoot('dist', '.build', 'vite'),
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    plugins: [ownDoorToShapes, withoutNode],
    build: {
      outDir: inRoot('dist', 'page'),
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: false,
      assetsInlineLimit: 0, // a picture inside a style would need a policy that allows `data:`
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
}
