// Trouble outside (disk, sockets, names of hosts), put into one line for a person: what is wrong and what to do about
// it.

const ADVICE: Record<string, string> = {
  EADDRINUSE: 'the port is in use. Stop the program that has it, or choose another port with --port',
  EADDRNOTAVAIL: 'this machine does not have that address. Choose one that it has with --host',
  EAFNOSUPPORT: 'this machine does not speak that kind of address. Choose another with --host',
  ENOTFOUND: 'there is no host of that name. Check the spelling',
  EAI_AGAIN: 'the name of the host could not be looked up. Check the spelling and the network',
  ECONNREFUSED: 'nothing listens there. Check the address, and that the other side runs',
  ECONNRESET: 'the other side broke off',
  EPROTO: 'the other side does not speak https. Check the address, and whether it begins with http:// instead',
  ERR_SSL: 'the other side does not speak https. Check the address, and whether it begins with http:// instead',
  ERR_TLS: 'its certificate is made out for another name. Check the address',
  CERT_HAS_EXPIRED: 'its certificate has expired. Check the clock, or tell whoever runs it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'nobody this machine trusts has signed its certificate. See NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'nobody this machine trusts has signed its certificate. See NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'nobody this machine trusts has signed its certificate. See NODE_EXTRA_CA_CERTS',
  UND_ERR_CONNECT_TIMEOUT: 'no answer came. Check the address and the network',
  UND_ERR_SOCKET: 'the other side broke off',
  ETIMEDOUT: 'no answer came. Check the address and the network',
  EHOSTUNREACH: 'that host cannot be reached. Check the network',
  ENETUNREACH: 'that network cannot be reached. Check the network',
  EACCES: 'that is not permitted. Check its owner and permissions, or choose another',
  EPERM: 'that is not permitted. Check its owner and permissions, or choose another',
  EROFS: 'the file system is read-only. Choose another place with --data',
  ENOSPC: 'the disk is full. Make room and try again',
  EDQUOT: 'your share of the disk is used up. Make room and try again',
  ENOENT: 'there is no such file or directory. Check the path, or choose another',
  ENAMETOOLONG: 'that path is too long. Choose a shorter one',
  ELOOP: 'the links in that path lead in a circle. Choose another',
  ENOTDIR: 'a part of that path is a file, not a directory. Choose another place with --data',
  EISDIR: 'that is a directory, not a file',
  EEXIST: 'that exists already. Choose another name or place',
  EMFILE: 'too many files and connections are open. Raise the limit (ulimit -n)',
  ENFILE: 'too many files and connections are open on this machine',
  SQLITE_FULL: 'the disk is full. Make room and try again',
  SQLITE_READONLY: 'the file cannot be written. Check its owner and permissions',
  SQLITE_CANTOPEN: 'the file cannot be opened. Check the directory, its owner and permissions',
  SQLITE_PERM: 'that is not permitted. Check its owner and permissions',
  SQLITE_BUSY: 'another program holds the file. Close that program and try again',
  SQLITE_CORRUPT: 'the file is damaged. Restore it from a backup',
  SQLITE_NOTADB: 'the file is not a database, or is damaged. Restore it from a backup',
  SQLITE_IOERR: 'the disk could not be read or written. Check the disk',
};

/** Trouble whose message is already the line for a person; `cause` is what the host said. */
export class OperationalError extends Error {
  override readonly name = 'OperationalError';
}

/** True iff the host, or somebody who explained the host, is to blame, and not this program. */
export function isOperationalError(error: unknown): boolean {
  return error instanceof OperationalError || codeOf(error) !== '';
}

/** One line about an error of the host. `what` was being done or used, for example `Port 12345` or `data/alice`. */
export function explainError(error: unknown, what: string): string {
  if (error instanceof OperationalError) return error.message;
  const advice = adviceFor(codeOf(error));
  if (advice) return `${what}: ${advice}.`;
  return `${what}: ${firstLine(error instanceof Error && error.message ? error.message : String(error))}`;
}

/** The same as an error to throw. */
export function operationalError(what: string, error: unknown): OperationalError {
  return error instanceof OperationalError ? error : new OperationalError(explainError(error, what), { cause: error });
}

/** Some messages of the host bring a trace along. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}

/** The host's word for an error, as `ENOSPC` or `SQLITE_IOERR_WRITE`; empty where it has none. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

/** A third word of a code (`SQLITE_IOERR_WRITE`, `ERR_SSL_…`) refines it, which changes nothing for a person. */
function adviceFor(code: string): string | undefined {
  return ADVICE[code] ?? ADVICE[code.split('_', 2).join('_')];
}
