import { sandbox } from '@heed/connector-netsuite/sandbox';
import { startSandbox } from '@heed/sandbox';
import { isWrite, netsuiteCall } from './call-kinds.ts';
import { BEHIND_OURS } from './clock.ts';
import { person } from './population.ts';
import type { Opening } from './protocol.ts';
import type { Vendor } from './vendor.ts';

/** An account full of contacts, who are soft opt-ins or opted out by themselves. Five requests at once, as the smallest tier has. */
export const openNetsuite = async ({ contacts, seed, readMs, writeMs }: Opening): Promise<Vendor> => {
  const running = await startSandbox(sandbox, { seed, clock: BEHIND_OURS, latencyMs: { readMs, writeMs } });
  const ids: string[] = [];
  for (let index = 0; index < contacts; index += 1) {
    const one = person(seed, index);
    const fields = {
      entityId: `${one.firstName} ${one.lastName} ${index}`,
      firstName: one.firstName,
      lastName: one.lastName,
      title: one.title,
      phone: one.phone,
      email: one.email,
      globalSubscriptionStatus: '1',
    };
    const { id } = running.act('admin/create', { record: 'contact', fields }) as { readonly id: string };
    ids.push(id);
    if (one.optedOut) running.act('person/unsubscribe', { id });
  }
  const rows = () => [...(running.state().tables.get('contact')?.rows() ?? [])];
  const isOptedOut = ({ globalSubscriptionStatus: status }: Readonly<Record<string, unknown>>): boolean =>
    status === '2' || status === '4';
  let edits = 0;
  return {
    running,
    kindOf: netsuiteCall,
    isWrite,
    edit(count) {
      for (let i = 0; i < count; i += 1) {
        edits += 1;
        const id = ids[Math.floor((i * contacts) / count)];
        running.act('admin/edit', { record: 'contact', id, fields: { title: `Owner ${edits}` } });
      }
    },
    people: (count) =>
      rows()
        .filter((row) => !isOptedOut(row))
        .slice(0, count)
        .map(({ email }) => String(email)),
    standing() {
      const all = rows();
      return { people: all.length, optedOut: all.filter(isOptedOut).length };
    },
  };
};
