import { sandbox } from '@heed/connector-mailchimp/sandbox';
import { ConnectorError, type Session, type Tools } from '@heed/contract';
import { startSandbox } from '@heed/sandbox';
import { createApi } from '../../../connectors/mailchimp/src/api.ts';
import { createBatchApi } from '../../../connectors/mailchimp/src/bulk/batch-api.ts';
import { createJobs } from '../../../connectors/mailchimp/src/bulk/jobs.ts';
import type { Call } from '../../../connectors/mailchimp/src/call.ts';
import { createComplaintBook } from '../../../connectors/mailchimp/src/complaints.ts';
import { config } from '../../../connectors/mailchimp/src/config.ts';
import { describeAccount } from '../../../connectors/mailchimp/src/describe.ts';
import { lookUp } from '../../../connectors/mailchimp/src/lookup.ts';
import { createMergeFieldBook } from '../../../connectors/mailchimp/src/merge-field-book.ts';
import { readMembers } from '../../../connectors/mailchimp/src/read.ts';
import { createRecentChanges } from '../../../connectors/mailchimp/src/recent-changes.ts';
import { createSend, type HttpRequest } from '../../../connectors/mailchimp/src/sdk.ts';
import { writeAll } from '../../../connectors/mailchimp/src/writes/write.ts';
import { CANARY } from './row-form.ts';

export const NOW = Date.parse('2026-03-04T12:00:00Z');

/** The vendor's clock when the people have done all they do. */
const LATER = NOW + 5 * 60_000;

const toolsOnPaper: Tools = {
  clock: { now: () => LATER, sleep: async () => {} },
  random: () => 0.5,
  tokens: { load: async () => null, save: async () => {} },
  call: async (spec, work) => (await work(spec.signal)).value,
  vendorNow: () => LATER,
};

/** More calls than any of these small tasks needs: whoever comes here goes round in circles. */
const MOST_CALLS = 400;

/** The parts of a session (session.ts), over answers that come from a function instead of the SDK. */
export const sessionOver = (answer: (request: HttpRequest) => unknown, audience: string) => {
  let calls = 0;
  const call: Call = async (request, _signal, sending = () => {}) => {
    calls += 1;
    if (calls > MOST_CALLS) throw new RangeError(`a loop: more than ${MOST_CALLS} calls of ${request.name}`);
    sending();
    return answer(request);
  };
  const api = createApi(call, audience, toolsOnPaper.vendorNow);
  const complaints = createComplaintBook(api, toolsOnPaper.clock);
  const mergeFields = createMergeFieldBook(api, toolsOnPaper.clock);
  const source = { api, complaints };
  const changes = createRecentChanges(source, toolsOnPaper);
  return {
    describe: (signal: AbortSignal) => describeAccount(api, audience, signal),
    read: (request: Parameters<Session['read']>[0], signal: AbortSignal) =>
      readMembers(source, audience, request, toolsOnPaper, signal),
    lookup: (request: Parameters<Session['lookup']>[0], signal: AbortSignal) =>
      lookUp(source, request, toolsOnPaper.vendorNow, signal),
    write: (ops: Parameters<Session['write']>[0], signal: AbortSignal) =>
      writeAll({ api, tools: toolsOnPaper, complaints: complaints.sofar, mergeFields, changes }, ops, signal),
    bulk: createJobs({ batches: createBatchApi(call), mergeFields, tools: toolsOnPaper, audience, onLoopback: true }),
    readUpTo: (at: number) => changes.read({ rows: [], last: true, readAt: at }),
  };
};

export const PEOPLE = ['ann', 'bob', 'cai', 'dee', 'eva', 'fox', 'gil', 'hal'].map(
  (name) => `${name}.${CANARY}@example.org`,
);

/** A request to a stand-in of the vendor's with some people of every kind in it; what it answers is real. */
export const recordedVendor = async () => {
  const vendor = await startSandbox(sandbox, { clock: { now: () => NOW } });
  const [ann, bob, cai, dee, eva, fox, gil, hal] = PEOPLE;
  for (const email of PEOPLE)
    vendor.act('admin/subscribe', { email, mergeFields: { FNAME: `${CANARY} ${email.slice(0, 3)}`, LNAME: CANARY } });
  vendor.clock.advance(60_000);
  vendor.act('person/unsubscribe', { email: ann });
  vendor.act('admin/unsubscribe', { email: bob });
  vendor.act('person/complain', { email: cai });
  vendor.act('admin/archive', { email: dee });
  vendor.act('person/bounce', { email: eva });
  vendor.act('person/unsubscribe', { email: fox });
  vendor.clock.advance(60_000);
  vendor.switches({ formSignupActivity: 'website_signup' });
  vendor.act('person/resubscribe', { email: fox });
  vendor.act('person/complain', { email: gil });
  vendor.act('admin/delete', { email: gil });
  const send = createSend(
    config.parse({
      connector: 'mailchimp',
      baseUrl: vendor.url,
      auth: { method: 'api-key', apiKey: vendor.accessToken },
    }),
  );
  const never = new AbortController().signal;
  const known = new Map<string, unknown>();
  return {
    audience: vendor.audience,
    people: { ann, bob, cai, dee, eva, fox, gil, hal },
    /** The vendor's own answer, asked for once. */
    async answer(request: HttpRequest): Promise<unknown> {
      const key = JSON.stringify(request);
      if (!known.has(key)) {
        const asked = send(request, never).then(
          ({ value }) => ({ value }),
          (error: unknown) => ({ error }),
        );
        known.set(key, await asked);
      }
      const { value, error } = known.get(key) as { readonly value?: unknown; readonly error?: unknown };
      if (error instanceof ConnectorError) throw error;
      return value;
    },
    close: () => vendor.close(),
  };
};
