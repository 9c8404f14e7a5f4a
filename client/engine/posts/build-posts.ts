// Builds the parts that are about posts and lists them in the order in which they hear events.

import type { Context } from '../core/context.js';
import { Announcements } from './announcements.js';
import { DownloadSources } from './download-sources.js';
import { Downloads } from './downloads.js';
import { FollowedCatalogues } from './followed-catalogues.js';
import { OwnPosts } from './own-posts.js';
import { PostAccess } from './post-access.js';
import type { PostDependencies } from './post-dependencies.js';
import { PostLists } from './post-lists.js';
import { Uploads } from './uploads.js';

export function buildPosts(context: Context, parts: PostDependencies) {
  const own = new OwnPosts(context);
  const announcements = new Announcements(context, parts, own);
  const uploads = new Uploads(context, own, announcements, parts.waitingMessages);
  const downloads = new Downloads(context, new DownloadSources(context, parts), parts.waitingMessages);
  const followed = new FollowedCatalogues(context, parts, downloads);
  const access = new PostAccess(context, parts);
  const lists = new PostLists(context, parts);
  return { announcements, list: [followed, announcements, uploads, downloads, access, lists] as const };
}
