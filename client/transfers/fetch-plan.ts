// What the two threads say to each other about fetches.

import type { Certificate } from '../../runtime/link/certificate.js';
import type { Endpoint } from '../../runtime/net/endpoint.js';
import type { PostInput } from '../engine/core/post-io.js';

export interface FetchPlan {
  readonly fetch: number;
  readonly id: string;
  readonly size: number;
  /** base64url */
  readonly sha256: string;
  /** The file that grows. */
  readonly path: string;
  readonly isAnew: boolean;
  /** Where nothing may be, null for nowhere. */
  readonly unless: string | null;
  readonly endpoints: readonly Endpoint[];
  readonly devices: readonly string[];
  readonly certificate: Certificate;
  /** The value of the header that shows a grant, null for none. */
  readonly grant: string | null;
}

export type FetchOrder = { type: 'fetch'; plan: FetchPlan } | { type: 'stop'; fetch: number };
export type FetchEvent = Extract<PostInput, { type: `fetch_${string}` }>;

/** The header that shows a grant. */
export const GRANT_HEADER = 'kith-grant';
