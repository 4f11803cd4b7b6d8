import { sandbox } from '@heed/connector-salesforce/sandbox';
import { startSandbox } from '@heed/sandbox';
import { isWrite, salesforceCall } from './call-kinds.ts';
import { BEHIND_OURS } from './clock.ts';
import { person } from './population.ts';
import type { Opening } from './protocol.ts';
import type { Vendor } from './vendor.ts';

const DAY_MS = 86_400_000;
/** 100,000 and 1,000 per user (App Limits Cheat Sheet, Enterprise Edition): an org of 100 users. */
const DAILY_CALLS = 200_000;

/** An org full of Contacts that were last touched a month ago. */
export const openSalesforce = async ({ contacts, seed, readMs, writeMs }: Opening): Promise<Vendor> => {
  const running = await startSandbox(sandbox, {
    seed,
    clock: BEHIND_OURS,
    latencyMs: { readMs, writeMs },
    switches: { dailyApiRequests: DAILY_CALLS },
  });
  const before = new Date(running.clock.now() - 30 * DAY_MS).toISOString().replace('Z', '+0000');
  const ids: string[] = [];
  for (let index = 0; index < contacts; index += 1) {
    const one = person(seed, index);
    const fields = {
      FirstName: one.firstName,
      LastName: one.lastName,
      Title: one.title,
      Phone: one.phone,
      Email: one.email,
      HasOptedOutOfEmail: one.optedOut,
      CreatedDate: before,
      LastModifiedDate: before,
      SystemModstamp: before,
    };
    ids.push((running.act('admin/create', { type: 'Contact', fields }) as { readonly id: string }).id);
  }
  const rows = () => running.state().needTable('Contact').rows();
  let edits = 0;
  return {
    running,
    kindOf: salesforceCall,
    isWrite,
    edit(count) {
      for (let i = 0; i < count; i += 1) {
        edits += 1;
        running.act('admin/edit', { id: ids[Math.floor((i * contacts) / count)], fields: { Title: `Owner ${edits}` } });
      }
    },
    people(count) {
      const emails: string[] = [];
      for (const row of rows()) {
        if (emails.length === count) break;
        if (row.HasOptedOutOfEmail === false) emails.push(String(row.Email));
      }
      return emails;
    },
    standing() {
      let [people, optedOut] = [0, 0];
      for (const row of rows()) {
        people += 1;
        if (row.HasOptedOutOfEmail === true) optedOut += 1;
      }
      return { people, optedOut };
    },
  };
};
