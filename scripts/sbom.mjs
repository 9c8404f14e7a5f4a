// `npm run sbom`: writes dist/sbom.cdx.json, the bill of materials (CycloneDX) of what package-lock.json installs.

import { mkdirSync, writeFileSync } from 'node:fs';
import { outputOfNpm } from './ready/command.mjs';
import { inRoot } from './ready/root.mjs';
import { giveUp, say } from './ready/say.mjs';

const bill = await outputOfNpm(['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']);
if (bill === null) giveUp('npm sbom failed: see above');
mkdirSync(inRoot('dist'), { recursive: true });
writeFileSync(inRoot('dist', 'sbom.cdx.json'), bill);
say(`dist/sbom.cdx.json lists ${JSON.parse(bill).components.length} packages`);
