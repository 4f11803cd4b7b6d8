import { sandbox } from '@heed/connector-hubspot/sandbox';
import { startSandbox } from '@heed/sandbox';
import { hubspotCall, isWrite } from './call-kinds.ts';
import { BEHIND_OURS } from './clock.ts';
import { person } from './population.ts';
import type { Opening } from './protocol.ts';
import type { Vendor } from './vendor.ts';

/**
 * A portal of the Professional plan: 190 calls in 10 seconds, 5 searches a second, opt-outs one address a call. As CRM full of
 * contacts, as marketing tool with an empty list. Search shows writes at once: how late it is, is nothing to measure here.
 */
export const openHubspot = async ({ role, contacts, seed, readMs, writeMs }: Opening): Promise<Vendor> => {
  const running = await startSandbox(sandbox, {
    seed,
    clock: BEHIND_OURS,
    latencyMs: { readMs, writeMs },
    switches: { plan: 'professional', indexLagMs: 0 },
  });
  const ids: string[] = [];
  for (let index = 0; role === 'crm' && index < contacts; index += 1) {
    const one = person(seed, index);
    const properties = {
      email: one.email,
      firstname: one.firstName,
      lastname: one.lastName,
      jobtitle: one.title,
      phone: one.phone,
    };
    ids.push((running.act('admin/create', { properties }) as { readonly id: string }).id);
    if (one.optedOut) running.act('person/unsubscribe', { email: one.email });
  }
  const { audience } = running as unknown as { readonly audience: string };
  const everybody = () => [...running.state().contacts.from()];
  const isOptedOut = (email: string): boolean => running.state().addresses.get(email)?.wide != null;
  let edits = 0;
  return {
    running: { ...running, connection: { ...running.connection, plan: 'professional' } },
    audience,
    kindOf: hubspotCall,
    isWrite,
    edit(count) {
      for (let i = 0; i < count; i += 1) {
        edits += 1;
        const id = ids[Math.floor((i * contacts) / count)];
        running.act('admin/edit', { id, properties: { jobtitle: `Owner ${edits}` } });
      }
    },
    people(count) {
      const emails = everybody().map(({ properties }) => properties.email ?? '');
      return emails.filter((email) => email !== '' && !isOptedOut(email)).slice(0, count);
    },
    standing() {
      const all = everybody();
      const optedOut = all.filter(({ properties }) => isOptedOut(properties.email ?? '')).length;
      return { people: all.length, optedOut };
    },
  };
};
