// What a face may tell a client. A face parses what a person typed into one of these; nothing else reaches the engine.

/** `do` names the command of docs/contract.md; `leave` is what a face sends when a conversation is left. */
export type Command =
  | { do: 'online'; acceptServer: boolean }
  | { do: 'offline' }
  | { do: 'exit' }
  | { do: 'whoami' }
  | { do: 'lookup'; user: string }
  | { do: 'who' }
  | { do: 'update' }
  | { do: 'unregister' }
  | { do: 'add'; user: string; note: string }
  | { do: 'requests' }
  | { do: 'accept'; user: string }
  | { do: 'reject'; user: string }
  | { do: 'block'; user: string }
  | { do: 'unblock'; user: string }
  | { do: 'remove'; user: string }
  | { do: 'list' }
  | { do: 'verify'; user: string; confirm: boolean }
  | { do: 'connect'; user: string }
  | { do: 'leave' }
  | { do: 'say'; user: string; text: string }
  | { do: 'message'; user: string; text: string }
  | { do: 'history'; user: string; limit: number; before: string | null }
  | { do: 'outbox' }
  | { do: 'cancel'; id: string };

export type CommandName = Command['do'];
