// Commands about posts: what a face may tell a client about files and texts that are shared with friends.

/** `before`: the id of a post; what is older comes next. `to`: null for a place of the client's choice. */
export type PostCommand =
  | { do: 'post_upload'; path: string; title: string | null; isReshared: boolean }
  | { do: 'post_text'; text: string }
  | { do: 'post_list'; user: string | null; limit: number; before: string | null }
  | { do: 'post_get'; user: string; id: string; to: string | null; force: boolean }
  | { do: 'post_remove'; id: string }
  | { do: 'feed'; limit: number; before: string | null };
