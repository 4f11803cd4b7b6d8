// What docs/reads-pairs.md says of HubSpot and NetSuite is measured here, with the real command against the benchmark's
// stand-ins, beside the least possible number of calls. After a change that was meant: npx vitest run --project whole test/bench -u
import { describe, expect, it } from 'vitest';
import { type LeastCalls, leastOf } from '../../bench/least-calls.ts';
import { type PairName, pairOf, titleOf } from '../../bench/pairs.ts';
import { optedOutAmong } from '../../bench/vendors/population.ts';
import { type Beside, openPairBench, type Side } from './pair-bench.ts';

/** HubSpot as marketing tool is asked about each address, 19 times a second; so a page of people there. */
const CONTACTS = { 'hubspot-mailchimp': 450, 'netsuite-mailchimp': 1_050, 'salesforce-hubspot': 90 } as const;
const CHANGED = 5;
const LEAVING = 30;
const CASES = ['first', 'the one after', 'nothing changed', 'changed', 'left marketing', 'left the CRM'] as const;
const NO_LEAST: LeastCalls = { crm: {}, marketing: {} };

/** Calls beyond the least that are known, by kind, and why they are made. */
const KNOWN: Readonly<Record<string, string>> = {
  'POST /communication-preferences/v4/statuses/batch/unsubscribe-all':
    'whether the plan has batches shows only by trying, once a run',
  'POST /communication-preferences/v4/statuses/batch/unsubscribe-all/read': 'the same, for reading',
  'GET /objects/contacts/{address}': 'one address that is asked about by itself',
  'GET /lists/{id}': 'how large the list is decides whether it is read as a whole',
  'POST /suiteql': 'opt-outs are read back by connector and engine',
  'GET /contact/{id}': 'the time zone, because opt-outs that were written between the two reads changed another record',
  'GET /members (changes)': 'behind pages that were counted up to an end in the past, once without an end',
};

const measure = async (pair: PairName & keyof typeof CONTACTS): Promise<readonly Beside[]> => {
  const contacts = CONTACTS[pair];
  const optedOut = optedOutAmong(contacts);
  const members = contacts - optedOut;
  const least = leastOf(pair);
  const bench = await openPairBench(pair, contacts);
  try {
    const { crm, marketing } = bench.vendors;
    const leave = (side: Side): number => {
      const emails = marketing.people(LEAVING);
      for (const email of emails) bench.vendors[side].running.act('person/unsubscribe', { email });
      return emails.join('').length / emails.length;
    };
    const seen = [
      await bench.sync(least.firstSync(contacts, optedOut)),
      await bench.sync(least.afterFirstSync(members)),
      await bench.sync(least.nothingChanged()),
    ];
    crm.edit(CHANGED);
    seen.push(await bench.sync(least.someChanged(CHANGED)));
    // It falls on an even hour, and reads what the one before wrote.
    await bench.sync(NO_LEAST);
    seen.push(await bench.sync(least.optOutsFromMarketing(LEAVING, leave('marketing'))));
    await bench.sync(NO_LEAST);
    leave('crm');
    seen.push(await bench.sync(least.optOutsFromCrm(LEAVING)));
    return seen;
  } finally {
    await bench.close();
  }
};

const cell = ({ made, least }: { readonly made: number; readonly least: number }): string =>
  made === least ? String(made || '') : `**${made}** (${least})`;

const tableOf = (pair: PairName, side: Side, seen: readonly Beside[]): string => {
  const kinds = [...new Set(seen.flatMap((one) => [...one[side].keys()]))].toSorted();
  const nothing = { made: 0, least: 0 };
  const rows = kinds.map((kind) => [`\`${kind}\``, ...seen.map((one) => cell(one[side].get(kind) ?? nothing))]);
  const sum = (one: Beside): string => {
    const all = [...one[side].values()];
    return cell({
      made: all.reduce((total, { made }) => total + made, 0),
      least: all.reduce((total, { least }) => total + least, 0),
    });
  };
  const lines = [
    [pairOf(pair)[side], ...CASES],
    ['---', ...CASES.map(() => '---:')],
    ...rows,
    ['together', ...seen.map(sum)],
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};

const sections: string[] = [];

describe.each(Object.keys(CONTACTS) as (keyof typeof CONTACTS)[])('%s', (pair) => {
  it('asks what it has to, and beyond that only what is known', async () => {
    const seen = await measure(pair);
    const more = seen.flatMap((one) =>
      [...one.crm, ...one.marketing].flatMap(([kind, { made, least }]) => (made > least ? [kind] : [])),
    );
    expect([...new Set(more)].filter((kind) => !Object.hasOwn(KNOWN, kind))).toEqual([]);
    const fewer = seen.flatMap((one) =>
      [...one.crm, ...one.marketing].filter(([, { made, least }]) => made < least).map(([kind]) => kind),
    );
    expect(fewer, 'the least is not the least').toEqual([]);
    const tables = (['crm', 'marketing'] as const).filter((side) =>
      ['hubspot', 'netsuite'].includes(pairOf(pair)[side]),
    );
    sections.push(
      `## ${titleOf(pair)}, ${CONTACTS[pair]} contacts\n${tables.map((side) => tableOf(pair, side, seen)).join('\n\n')}\n`,
    );
  });
});

it('stands in docs/reads-pairs.md', async ({ skip }) => {
  if (sections.length < Object.keys(CONTACTS).length) skip('not every pair was measured');
  const reasons = Object.entries(KNOWN).map(([kind, why]) => `- \`${kind}\`: ${why}.`);
  const text = `${HEAD}\n${sections.join('\n')}\n## Beyond the least\n${reasons.join('\n')}\n`;
  await expect(text).toMatchFileSnapshot('../../docs/reads-pairs.md');
});

const HEAD = `# Calls of HubSpot and NetSuite, as measured

Written by \`test/bench/pairs.test.ts\`, which fails when a run makes other calls than these: \`heed sync\` with the benchmark's profile against its stand-ins. ${CHANGED} people
get another title, ${LEAVING} leave. Where a run asks more than the least that \`bench/least/\` works out, the least stands in brackets. Half an hour passes between two runs; what HubSpot
is asked every two hours falls into a run between them that is not counted. Salesforce and Mailchimp: [reads-measured.md](reads-measured.md); which rule needs each call: [reads.md](reads.md).
`;
