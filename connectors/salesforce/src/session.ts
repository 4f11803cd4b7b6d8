import { ConnectorError, type OpenRequest, type Session, type Tools } from '@heed/contract';
import { salesforceApi } from './api.ts';
import { bulkJobs } from './bulk-jobs.ts';
import { originOf, type SalesforceConfig } from './config.ts';
import { decidingFor } from './deciding.ts';
import { lookUp } from './lookup.ts';
import { objectShapes } from './object-shape.ts';
import { optOutsSince } from './opt-outs-since.ts';
import { readRecords } from './read.ts';
import { checkAccount, describeOrg } from './schema.ts';
import { writeOps } from './write.ts';

/** One profile's conversation with one org. Nothing is asked, and jsforce not loaded, before the first call. */
export const openSession = ({ config, container }: OpenRequest<SalesforceConfig>, tools: Tools): Session => {
  if (container !== null) throw new ConnectorError('config', 'salesforce has no audiences to sync into');
  const closing = new AbortController();
  const api = salesforceApi(config, tools, closing.signal);
  const shapes = objectShapes(api);
  return {
    check: (signal) => checkAccount(api, shapes, new URL(originOf(config)).host, signal),
    describe: (signal) => describeOrg(api, shapes, signal),
    read: (request, signal) => readRecords({ api, shapes, tools }, request, signal),
    optOutsSince: (look, signal) => optOutsSince({ api, shapes }, look, signal),
    // No opt-out is ever a default here.
    countByDefault: null,
    lookup: (lookup, signal) => lookUp(api, shapes, lookup, signal),
    deciding: (email, signal) => decidingFor(api, shapes, email, signal),
    write: (ops, signal) => writeOps(api, shapes, ops, signal),
    bulk: bulkJobs(api),
    now: () => api.now(),
    // Sessions of the vendor end by themselves; logging out would end those of other processes of this user, too.
    close: async () => closing.abort(),
  };
};
