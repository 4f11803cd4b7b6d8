import {
  type Account,
  ConnectorError,
  type OpenRequest,
  type Page,
  type ReadRequest,
  type Session,
  type Tools,
} from '@heed/contract';
import { createApi } from './api.ts';
import { createBatchApi } from './bulk/batch-api.ts';
import { createJobs } from './bulk/jobs.ts';
import { createCall } from './call.ts';
import { createComplaintBook } from './complaints.ts';
import type { MailchimpConfig } from './config.ts';
import { decidingFor } from './deciding.ts';
import { describeAccount } from './describe.ts';
import { lookUp } from './lookup.ts';
import { createMergeFieldBook } from './merge-field-book.ts';
import { optOutsSince } from './opt-outs-since.ts';
import { readMembers } from './read.ts';
import { createRecentChanges } from './recent-changes.ts';
import { createSend } from './sdk.ts';
import { writeAll } from './writes/write.ts';

/** One audience, or none to look around. Nothing is sent before the first call. */
export const openSession = ({ config, container }: OpenRequest<MailchimpConfig>, tools: Tools): Session => {
  const call = createCall(createSend(config), tools);
  const api = createApi(call, container, tools.vendorNow);
  const complaints = createComplaintBook(api, tools.clock);
  const mergeFields = createMergeFieldBook(api, tools.clock);
  const onLoopback = config.baseUrl !== undefined;
  const jobs = createJobs({ batches: createBatchApi(call), mergeFields, tools, audience: container, onLoopback });
  const changes = createRecentChanges({ api, complaints }, tools);

  async function* read(request: ReadRequest, signal: AbortSignal): AsyncGenerator<Page> {
    for await (const page of readMembers({ api, complaints }, container, request, tools, signal)) {
      changes.read(page);
      yield page;
    }
  }

  return {
    check: async (signal) => accountOf(await api.account(signal)),
    describe: (signal) => describeAccount({ ...api, mergeFields: mergeFields.refresh }, container, signal),
    read,
    optOutsSince: (look, signal) => optOutsSince({ api, complaints }, look, signal),
    // No opt-out is ever a default here.
    countByDefault: null,
    lookup: (request, signal) => lookUp({ api, complaints }, request, tools.vendorNow, signal),
    deciding: (email, signal) => decidingFor({ api, complaints }, email, signal),
    write: (ops, signal) => {
      if (ops.some(({ kind }) => kind !== 'opt-out')) changes.wrote();
      return writeAll({ api, tools, complaints: complaints.sofar, mergeFields, changes }, ops, signal);
    },
    bulk: {
      ...jobs,
      start: (ticket, ops, signal) => {
        changes.wrote();
        return jobs.start(ticket, ops, signal);
      },
    },
    now: () => tools.vendorNow(),
    close: async () => {},
  };
};

const accountOf = (raw: Readonly<Record<string, unknown>>): Account => {
  const { account_id: id, account_name: name } = raw;
  if (typeof id !== 'string' || id === '')
    throw new ConnectorError('protocol', "account: Mailchimp's answer names no account");
  return { id, name: typeof name === 'string' ? name : id, gaps: [] };
};
