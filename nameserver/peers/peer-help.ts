// The words by which orders about peers are given, each with what it does.

/** One line for each. */
export const PEER_HELP = [
  'peers                    the other servers, and how the links to them do',
  'connect <host> <port>    link with a server, now and after each start; or connect <host>:<port>#<key>',
  'disconnect <peer>        unlink and forget it; a peer is a key, the beginning of one, or host:port',
] as const;
