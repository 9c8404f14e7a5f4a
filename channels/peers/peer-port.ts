// Asks a name server at its port for clients where other servers reach it. Operators know that port, and may type it.

import { Type, type Static } from '../../protocols/kit/packages/typebox.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { compileShape, KeyText } from '../../protocols/kit/shapes.js';
import type { PeerEndpoint } from '../../protocols/channels/relay/io.js';
import { endpointText } from '../../runtime/net/endpoint.js';
import { unprovenJson } from '../../runtime/net/json-answer.js';

const ChannelsAnswer = Type.Object({
  server: KeyText,
  peer: Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Type.Null()]),
});
const answerShape = compileShape(ChannelsAnswer);

/** `server`: the key that the server claims. `peer`: its port for other servers; null if it only dials. */
type FoundServer = Static<typeof ChannelsAnswer>;

/**
 * Null if no name server answers there. Nothing of it is proven: a liar can only name another port of its own host, and
 * the link proves the key.
 */
export async function askForPeerPort(endpoint: PeerEndpoint): Promise<FoundServer | null> {
  for (const scheme of ['http', 'https']) {
    const answer = await unprovenJson({
      url: `${scheme}://${endpointText(endpoint)}/v1/channels`,
      timeoutMs: LIMITS.peerPortAnswerMs,
      bytesMax: LIMITS.peerPortAnswerBytes,
    });
    if (answerShape.accepts(answer)) return answer;
  }
  return null;
}
