import { ConnectorError, type OpenRequest, type Session, type Tools } from '@heed/contract';
import { netsuiteApi } from './api.ts';
import type { NetSuiteConfig } from './config.ts';
import { countByDefault } from './count.ts';
import { decidingFor } from './deciding.ts';
import { batchJobs } from './jobs.ts';
import { listsOf } from './lists.ts';
import { lookUp } from './lookup.ts';
import { readRecords } from './read.ts';
import { readerOf } from './reader.ts';
import { recordShapes } from './record-shape.ts';
import { checkAccount, describeAccount, statusShownBy } from './schema.ts';
import { writeOps } from './write.ts';

/** One profile's conversation with one account. Nothing is asked, and netsuite-rest not loaded, before the first call. */
export const openSession = ({ config, container }: OpenRequest<NetSuiteConfig>, tools: Tools): Session => {
  if (container !== null) throw new ConnectorError('config', 'netsuite has no audiences to sync into');
  const closing = new AbortController();
  const api = netsuiteApi(config, tools, closing.signal);
  const shapes = recordShapes(api);
  const showsStatus = statusShownBy(api);
  const reader = readerOf(api, shapes, tools);
  const lists: Parameters<typeof readRecords>[0]['lists'] = (request) =>
    request.lists === null ? null : listsOf(api, shapes, config, request.lists);
  return {
    check: (signal) => checkAccount(shapes, showsStatus, config, signal),
    describe: (signal) => describeAccount(api, shapes, showsStatus, signal),
    read: (request, signal) => readRecords({ reader, tools, lists }, request, signal),
    // Reading the changes costs one query a type: nothing is cheaper.
    optOutsSince: null,
    countByDefault: (types, signal) => countByDefault(api, types, signal),
    lookup: (lookup, signal) => lookUp(reader, lookup, signal),
    write: (ops, signal) => writeOps({ reader, atOnce: config.concurrency }, ops, signal),
    deciding: (email, signal) => decidingFor(reader, email, signal),
    bulk: batchJobs(reader),
    now: () => api.now(),
    close: async () => closing.abort(),
  };
};
