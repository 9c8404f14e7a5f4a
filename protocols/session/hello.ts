// The hello of a client: the parameters of its upgrade request. So the server's proof is the first frame (SPEC.md).

import { Type, type Static } from '../kit/packages/typebox.js';
import { Refusal, type Outcome } from '../kit/refusals.js';
import { OriginText } from '../kit/server-proof/messages.js';
import { compileShape, exactly, KeyText } from '../kit/shapes.js';

/** The version of this protocol. An end with another version is refused. */
export const SESSION_VERSION = 8;

const VersionText = Type.Literal(String(SESSION_VERSION));
const ownVersionShape = compileShape(Type.Object({ version: VersionText }));

/** Parameters are text. `nonce`: 32 fresh random bytes; `origin`: the one that the client dialled. */
export const SessionHello = exactly({ version: VersionText, nonce: KeyText, origin: OriginText });
export type SessionHello = Static<typeof SessionHello>;
const sessionHelloShape = compileShape(SessionHello);

export function sessionHello(nonce: string, origin: string): SessionHello {
  return { version: String(SESSION_VERSION), nonce, origin };
}

/** The hello among the parameters of a request, or the refusal that ends the session [SESS-23]. */
export function readHello(parameters: unknown, isOwnOrigin: (origin: string) => boolean): Outcome<SessionHello> {
  if (!ownVersionShape.accepts(parameters)) return new Refusal('VERSION_DIFFERS', `version ${SESSION_VERSION}`);
  if (!sessionHelloShape.accepts(parameters))
    return new Refusal('MALFORMED', 'a session needs the parameters version, nonce and origin, and no others');
  return isOwnOrigin(parameters.origin) ? parameters : new Refusal('ORIGIN_FOREIGN', parameters.origin);
}
