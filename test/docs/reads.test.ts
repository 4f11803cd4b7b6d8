// What docs/reads.md says about the number of calls is measured here, with the real command against both stand-ins.
// After a change that was meant: npx vitest run --project whole test/docs -u
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CallBench, type CallCounts, type RunSeen, startCallBench } from './call-bench.ts';

const HOUR_MS = 3_600_000;
/** Complaints of the last 7 days are asked about in every run; the made-up people have some. */
const WEEK_MS = 8 * 24 * HOUR_MS;

let bench: CallBench;
beforeAll(async () => {
  bench = await startCallBench();
});
afterAll(() => bench.close());

interface Person {
  readonly contact: string;
  readonly member: string;
  readonly email: string;
}

/** Subscribed members who are a Contact and opted out nowhere. */
const mailablePeople = async (): Promise<readonly Person[]> => {
  const path = `/lists/${bench.audience}/members?status=subscribed&count=1000&fields=members.id,members.email_address`;
  const { members } = (await bench.mailchimp('GET', path)) as {
    readonly members: readonly { readonly id: string; readonly email_address: string }[];
  };
  const soql = 'SELECT Id, Email FROM Contact WHERE Email != null AND HasOptedOutOfEmail = false ORDER BY Id';
  const { records } = (await bench.salesforce('GET', `/query?q=${encodeURIComponent(soql)}`)) as {
    readonly records: readonly { readonly Id: string; readonly Email: string }[];
  };
  const byEmail = new Map(members.map((member) => [member.email_address.toLowerCase(), member.id]));
  return records.flatMap(({ Id: contact, Email: email }) => {
    const member = byEmail.get(email.toLowerCase());
    return member === undefined ? [] : [{ contact, member, email }];
  });
};

const inSalesforce = (people: readonly Person[], change: Readonly<Record<string, unknown>>): Promise<unknown> =>
  bench.salesforce('PATCH', '/composite/sobjects', {
    allOrNone: true,
    records: people.map(({ contact }) => ({ attributes: { type: 'Contact' }, id: contact, ...change })),
  });

const inMailchimp = async (people: readonly Person[], change: Readonly<Record<string, unknown>>): Promise<void> => {
  for (const { member } of people)
    await bench.mailchimp('PATCH', `/lists/${bench.audience}/members/${member}?skip_merge_validation=true`, change);
};

type Columns = readonly (readonly [title: string, run: RunSeen])[];

const tableOf = (side: 'salesforce' | 'mailchimp', columns: Columns): string => {
  const counts: readonly CallCounts[] = columns.map(([, run]) => run[side]);
  const calls = [...new Set(counts.flatMap((each) => [...each.keys()]))].toSorted();
  const rows = calls.map((call) => [`\`${call}\``, ...counts.map((each) => String(each.get(call) ?? ''))]);
  const sums = counts.map((each) => `**${[...each.values()].reduce((sum, n) => sum + n, 0)}**`);
  const lines = [['call', ...columns.map(([title]) => title)], ['---', ...columns.map(() => '---:')], ...rows];
  return [...lines, ['**together**', ...sums]].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};

it('the measured numbers of docs/reads-measured.md are those of today', async () => {
  const waits = await bench.sync();
  const approved = await bench.sync({ yes: true });
  while ((await bench.sync()).report.owed > 0);
  bench.pass(WEEK_MS);
  await bench.sync();
  bench.pass(HOUR_MS);
  const quiet = await bench.sync();
  const quietAgain = await bench.sync();

  const people = await mailablePeople();
  expect(people.length).toBeGreaterThan(60);
  bench.pass(HOUR_MS);
  await inSalesforce(people.slice(0, 27), { Title: 'Baker' });
  await inMailchimp(people.slice(27, 46), { merge_fields: { LNAME: 'Baker' } });
  const percent = await bench.sync();

  const [first, second] = people.slice(46);
  if (first === undefined || second === undefined) throw new Error('too few people');
  bench.pass(HOUR_MS);
  bench.unsubscribe(first.email);
  const fromMailchimp = await bench.sync();
  bench.pass(HOUR_MS);
  await inSalesforce([second], { HasOptedOutOfEmail: true });
  const fromSalesforce = await bench.sync();

  expect([...quietAgain.salesforce, ...quietAgain.mailchimp]).toEqual([...quiet.salesforce, ...quiet.mailchimp]);
  expect([fromMailchimp, fromSalesforce].map(({ report }) => report.owed)).toEqual([0, 0]);
  const columns: Columns = [
    ['first run, waits', waits],
    ['first run, approved', approved],
    ['nothing changed', quiet],
    ['1 % changed', percent],
    ['one opt-out in Mailchimp', fromMailchimp],
    ['one opt-out in Salesforce', fromSalesforce],
  ];
  const text = `${HEAD}\n## Salesforce\n${tableOf('salesforce', columns)}\n\n## Mailchimp\n${tableOf('mailchimp', columns)}\n`;
  await expect(text).toMatchFileSnapshot('../../docs/reads-measured.md');
});

const HEAD = `# Calls of a run, as measured

Written by \`test/docs/reads.test.ts\`, which fails when a run makes other calls than these: \`heed sync\` with the profile of
\`profiles/demo\` against both stand-ins (2,717 records, 1,867 members). An hour passes before each run from the third column on, so that no
overlap of reads reaches back. "1 % changed": 27 Contacts got another title, 19 members another name. Which rule needs each call: [reads.md](reads.md).
`;
