// The messages between the main thread and the fetch thread.

import type { Signed } from '../../protocols/kit/signed.js';
import type { DeviceKeys } from '../../protocols/kit/knock/knock-proof.js';
import type { Endpoint } from '../../runtime/net/endpoint.js';
import type { FetchTarget, PostInput } from '../engine/core/post-io.js';

export interface FetchPlan {
  readonly fetch: number;
  readonly id: string;
  readonly size: number;
  /** base64url */
  readonly sha256: string;
  /** The part file: fetched bytes are appended to it. */
  readonly path: string;
  readonly startsOver: boolean;
  /** Where the download goes, to be judged before bytes are fetched; null for our own folder. */
  readonly target: FetchTarget | null;
  readonly endpoints: readonly Endpoint[];
  /** The device to fetch from. */
  readonly device: DeviceKeys;
  /** What we knock with: our record, and our device key as `exportSecret` gives it. */
  readonly record: Signed;
  readonly secret: string;
  /** The value of the grant header; null for none. */
  readonly grant: string | null;
}

export type FetchOrder = { type: 'fetch'; plan: FetchPlan } | { type: 'stop'; fetch: number };
export type FetchEvent = Extract<PostInput, { type: `fetch_${string}` }>;

/** The request header with the author's grant. */
export const GRANT_HEADER = 'kith-grant';
