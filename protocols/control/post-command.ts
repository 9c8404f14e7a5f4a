// Commands about posts: what a face may tell a client about files and texts that are shared with friends.

/** `before`: the id of a post; what is older comes next. `to`: null for a place of the client's choice. */
export type PostCommand =
  | { type: 'post_upload'; path: string; title: string | null; isReshared: boolean }
  | { type: 'post_text'; text: string }
  | { type: 'post_list'; user: string | null; limit: number; before: string | null }
  | { type: 'post_get'; user: string; id: string; to: string | null; force: boolean }
  | { type: 'post_remove'; id: string }
  | { type: 'feed'; limit: number; before: string | null };
