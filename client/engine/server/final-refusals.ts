// What ends a session for good.

/** Refusals after which another attempt by ourselves would be wrong or useless. */
export const FINAL_REFUSALS: ReadonlySet<string> = new Set([
  'REPLACED',
  'RESTORED',
  'SESSION_REFUSED',
  'SERVER_CHANGED',
  'IDENTITY_LOCKED',
  'NAME_TAKEN',
  'NAME_INVALID',
  'INVITE_NEEDED',
]);
