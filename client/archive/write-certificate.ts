// Writes the device's certificate and secret key as PEM files that only their owner can read. Other programs use them
// to fetch posts of friends.

import { join } from 'node:path';
import type { Answers } from '../../protocols/control/answer.js';
import type { ArchiveCommand } from '../../protocols/control/commands/archive.js';
import { writeFileAtomically } from '../../runtime/disk/atomic-file.js';
import { makeFolders } from '../../runtime/disk/folder.js';
import { openIdentity } from '../../runtime/disk/identity-file.js';
import { makeCertificate } from '../../runtime/link/certificate.js';
import type { ArchiveContext } from './archive-context.js';

type Certificate = Extract<ArchiveCommand, { type: 'certificate' }>;

export async function writeCertificate({ data }: ArchiveContext, { to }: Certificate): Promise<Answers['certificate']> {
  const folder = to ?? join(data, 'pem');
  const { certificate, secret } = makeCertificate(openIdentity(data).device);
  makeFolders(folder);
  const paths = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
  writeFileAtomically(paths.certificate, certificate);
  writeFileAtomically(paths.key, secret);
  return paths;
}
