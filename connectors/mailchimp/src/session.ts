import {
  type Account,
  ConnectorError,
  type Millis,
  type OpenRequest,
  type Page,
  type ReadRequest,
  type Session,
  type Tools,
} from '@heed/contract';
import { createApi } from './api.ts';
import { createComplaintBook } from './complaints.ts';
import type { MailchimpConfig } from './config.ts';
import { describeAccount } from './describe.ts';
import { lookUp } from './lookup.ts';
import { readMembers } from './read.ts';
import { createSend } from './sdk.ts';
import type { WireMergeField } from './wire.ts';
import { writeAll } from './writes/write.ts';

/** One audience, or none to look around. Nothing is sent before the first call. */
export const openSession = ({ config, container }: OpenRequest<MailchimpConfig>, tools: Tools): Session => {
  const api = createApi(createSend(config), tools, container);
  const complaints = createComplaintBook(api);
  let knownUpTo: Millis | null = null;

  async function* read(request: ReadRequest, signal: AbortSignal): AsyncGenerator<Page> {
    for await (const page of readMembers({ api, complaints }, container, request, tools, signal)) {
      if (page.last) knownUpTo = page.readAt;
      yield page;
    }
  }

  return {
    check: async (signal) => accountOf(await api.account(signal)),
    describe: (signal) => describeAccount(api, container, signal),
    read,
    lookup: (request, signal) => lookUp({ api, complaints }, request, signal),
    write: (ops, signal) => {
      let mergeFields: Promise<readonly WireMergeField[]> | undefined;
      const writing = {
        api,
        tools,
        complaints: complaints.sofar,
        knownUpTo,
        mergeFields: (within: AbortSignal) => {
          mergeFields ??= api.mergeFields(within);
          return mergeFields;
        },
      };
      return writeAll(writing, ops, signal);
    },
    bulk: null,
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
