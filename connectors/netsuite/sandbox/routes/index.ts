import type { NsRoute } from './answers.ts';
import { asyncRoutes } from './async-requests.ts';
import { metadataRoutes } from './metadata.ts';
import { queryRoutes } from './queries.ts';
import { recordRoutes } from './records.ts';
import { restletRoutes } from './restlets.ts';
import { systemRoutes } from './system.ts';
import { tokenRoutes } from './token.ts';

/** The first route that fits is taken: the catalog and sublists come before records and their ids. */
export const routes: readonly NsRoute[] = [
  ...tokenRoutes,
  ...metadataRoutes,
  ...queryRoutes,
  ...asyncRoutes,
  ...systemRoutes,
  ...restletRoutes,
  ...recordRoutes,
];
