import { accountInfoRoutes } from './account-info.ts';
import type { OrgRoute } from './answers.ts';
import { bulkIngestRoutes } from './bulk-ingest.ts';
import { bulkQueryRoutes } from './bulk-query.ts';
import { collectionRoutes } from './collections.ts';
import { consentRoutes } from './consent.ts';
import { externalIdRoutes } from './external-id.ts';
import { listViewRoutes } from './list-views.ts';
import { queryRoutes } from './query.ts';
import { recordRoutes } from './record.ts';
import { replicationRoutes } from './replication.ts';
import { schemaRoutes } from './schema.ts';
import { tokenRoutes } from './token.ts';

/** The first route that fits is taken: named resources of an object come before its ids and external ids. */
export const routes: readonly OrgRoute[] = [
  ...tokenRoutes,
  ...schemaRoutes,
  ...accountInfoRoutes,
  ...queryRoutes,
  ...collectionRoutes,
  ...bulkIngestRoutes,
  ...bulkQueryRoutes,
  ...replicationRoutes,
  ...listViewRoutes,
  ...consentRoutes,
  ...recordRoutes,
  ...externalIdRoutes,
];
