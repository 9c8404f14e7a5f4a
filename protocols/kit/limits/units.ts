// Units for the tables of limits: bytes, milliseconds and rates.

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** `burst` at once, and `count` more in each period. */
export function rate(burst: number, count: number, perMs: number): { perSecond: number; burst: number } {
  const perSecond = (count * SECOND) / perMs;
  return { perSecond, burst };
}
