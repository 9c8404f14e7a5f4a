// The help text of the peer commands.

/** One line for each command. */
export const PEER_HELP = [
  "peers                    list this server's key, and its links to other servers",
  'connect <host> <port>    link with a server, now and after each start; connect <host>:<port>#<key> checks its key',
  'disconnect <peer>        end a link and forget the server; <peer> is host:port, or its key or the beginning of it',
] as const;
