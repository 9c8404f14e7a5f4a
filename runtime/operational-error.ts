// Operational errors (disk, sockets, host names) as one line for the user: what is wrong and what to do.

/** `{port}`, `{host}` and `{data}` become the flag of the program that chooses it, if there is one. */
const ADVICE: Record<string, string> = {
  EADDRINUSE: 'the port is in use. Stop the program that has it, or choose another port{port}',
  EADDRNOTAVAIL: 'this computer does not have that address. Choose one of its addresses{host}',
  EAFNOSUPPORT: 'this computer does not support that kind of address. Choose another{host}',
  ENOTFOUND: 'there is no host with that name. Check the spelling',
  EAI_AGAIN: 'the host name could not be looked up. Check the spelling and the network',
  ECONNREFUSED: 'nothing listens there. Check the address, and that the other program runs',
  ECONNRESET: 'the other side closed the connection',
  EPROTO: 'the other side does not use https. Check the address, and whether it must begin with http://',
  ERR_SSL: 'the other side does not use https. Check the address, and whether it must begin with http://',
  ERR_TLS: 'its certificate is for another name. Check the address',
  CERT_HAS_EXPIRED: 'its certificate has expired. Check the clock of this computer, or tell its operator',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not signed by a trusted authority. See NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by a trusted authority. See NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by a trusted authority. See NODE_EXTRA_CA_CERTS',
  UND_ERR_CONNECT_TIMEOUT: 'no answer came. Check the address and the network',
  UND_ERR_SOCKET: 'the other side closed the connection',
  ETIMEDOUT: 'no answer came. Check the address and the network',
  EHOSTUNREACH: 'that host cannot be reached. Check the network',
  ENETUNREACH: 'that network cannot be reached. Check the network',
  EACCES: 'permission denied. Check its owner and permissions, or choose another',
  EPERM: 'permission denied. Check its owner and permissions, or choose another',
  EROFS: 'the file system is read-only. Choose another directory{data}',
  ENOSPC: 'the disk is full. Make room and try again',
  EDQUOT: 'your disk quota is used up. Make room and try again',
  ENOENT: 'there is no such file or directory. Check the path, or choose another',
  ERR_INVALID_ARG_VALUE: 'that cannot be a path. Choose another',
  ENAMETOOLONG: 'that path is too long. Choose a shorter one',
  ELOOP: 'the links in that path form a circle. Choose another',
  ENOTDIR: 'a part of that path is a file, not a directory. Choose another directory{data}',
  EISDIR: 'that is a directory, not a file',
  EEXIST: 'that already exists. Choose another name or directory',
  EMFILE: 'too many files and connections are open. Raise the limit (ulimit -n)',
  ENFILE: 'too many files and connections are open on this computer. Close some programs',
  SQLITE_FULL: 'the disk is full. Make room and try again',
  SQLITE_READONLY: 'the file cannot be written. Check its owner and permissions',
  SQLITE_CANTOPEN: 'the file cannot be opened. Check the directory, its owner and permissions',
  SQLITE_PERM: 'permission denied. Check its owner and permissions',
  SQLITE_BUSY: 'another program uses the file. Close that program and try again',
  SQLITE_CORRUPT: 'the file is damaged. Restore it from a backup',
  SQLITE_NOTADB: 'the file is not a database, or is damaged. Restore it from a backup',
  SQLITE_IOERR: 'the disk could not be read or written. Check the disk',
};

/** The message is the line for the user; `cause` is the error of the host. */
export class OperationalError extends Error {
  override readonly name = 'OperationalError';
}

/** A file of the data directory is damaged, or missing beside another one. It takes a backup to go on. */
export class DataDamage extends OperationalError {}

/** True iff a file of the data directory has lost its content, and not only its disk or its rights. */
export function isDataDamage(error: unknown): boolean {
  if (error instanceof DataDamage) return true;
  const { cause } = error instanceof OperationalError ? error : { cause: error };
  return /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(cause));
}

/** An address or port cannot be resolved or bound. */
export class BindError extends OperationalError {}

/** A code of the operating system, such as ENOSPC. Codes of Node (`ERR_…`) are mostly bugs of this program. */
const SYSTEM_CODE = /^E[A-Z0-9]+$/;

/** True iff the environment caused the error, and not a bug of this program. */
export function isOperationalError(error: unknown): boolean {
  const code = codeOf(error);
  return error instanceof OperationalError || SYSTEM_CODE.test(code) || adviceFor(code) !== undefined;
}

/** True iff another process has locked the database file. */
export function isFileLocked(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

/** The flags with which a user chooses a port, an address or a directory. */
export interface AdvisedFlags {
  readonly port?: string;
  readonly host?: string;
  readonly data?: string;
}

/**
 * One line about an error of the host. `what`: its object, for example `Port 12345` or `data/alice`. `flags`: those
 * that choose this object, and no others.
 */
export function explainError(error: unknown, what: string, flags: AdvisedFlags = {}): string {
  if (error instanceof OperationalError) return error.message;
  const advice = adviceFor(codeOf(error));
  if (advice) return `${what}: ${withFlags(advice, flags)}.`;
  return `${what}: ${firstLine(error instanceof Error && error.message ? error.message : String(error))}`;
}

/** The same, as an error to throw. */
export function operationalError(what: string, error: unknown, flags: AdvisedFlags = {}): OperationalError {
  if (error instanceof OperationalError) return error;
  return new OperationalError(explainError(error, what, flags), { cause: error });
}

function withFlags(advice: string, flags: AdvisedFlags): string {
  return advice.replace(/\{(port|host|data)\}/g, (_, name: keyof AdvisedFlags) => {
    return flags[name] === undefined ? '' : ` with ${flags[name]}`;
  });
}

/** Some messages of the host contain a stack trace. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}

/** The host's code of an error, such as `ENOSPC` or `SQLITE_IOERR_WRITE`; empty if it has none. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

/** The third part of a code (`SQLITE_IOERR_WRITE`, `ERR_SSL_…`) makes no difference to the user. */
function adviceFor(code: string): string | undefined {
  return ADVICE[code] ?? ADVICE[code.split('_', 2).join('_')];
}
