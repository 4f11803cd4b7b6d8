import { addressOf, type Cast, crmOf, crowdOf, hubspotOf, idOf, type Phrase, phrase, TYPE } from './cast.ts';
import { heed } from './heed.ts';
import type { Json } from './systems/system.ts';
import { command } from './when.ts';

/** Says what was expected and what is there. */
const expect = (what: string, wanted: unknown, found: unknown): void => {
  if (JSON.stringify(wanted) === JSON.stringify(found)) return;
  throw new Error(`expected ${what} to be ${JSON.stringify(wanted)}, it is ${JSON.stringify(found)}`);
};

const recordOf = async (cast: Cast, type: string, name: string): Promise<Json> => {
  const owner = crmOf(cast, type);
  const record = await owner.crm.record(owner.type, idOf(cast, type, name));
  if (record === null) throw new Error(`${type} ${name} is not in ${owner.crm.name} any more`);
  return record;
};

const memberState = async ({ tool }: Cast, name: string): Promise<string | null> =>
  (await tool.member(addressOf(name)))?.status ?? null;

const RECORD = `(?<type>${TYPE}) (?<name>\\S+)`;

const systems: readonly Phrase[] = [
  phrase(
    new RegExp(`${RECORD} is (?<not>not )?opted out(?: in (?<field>\\w+))?`),
    'Contact ann is opted out   Lead bob is not opted out   Contact ann is opted out in Newsletter_Opt_Out__c',
    async (cast, { type = '', name = '', not, field }) => {
      const record = await recordOf(cast, type, name);
      const what = `the opt-out of ${type} ${name}${field === undefined ? '' : ` in ${field}`}`;
      expect(what, not === undefined, crmOf(cast, type).crm.isOptedOut(record, field));
    },
  ),
  phrase(
    new RegExp(`(?<n>\\d+) (?<type>${TYPE})s (?<name>\\S+) are opted out`),
    '60 Contacts crowd are opted out',
    async (cast, { n, type = '', name = '' }) => {
      const { crm, type: own } = crmOf(cast, type);
      const records = await Promise.all(crowdOf(cast, type, name).map((id) => crm.record(own, id)));
      expect(`opted-out ${type}s`, Number(n), records.filter((one) => one !== null && crm.isOptedOut(one)).length);
    },
  ),
  phrase(
    /member (?<name>\S+) is (?<state>\S+)/,
    'member ann is unsubscribed',
    async (cast, { name = '', state = '' }) => {
      expect(`member ${name}`, state, await memberState(cast, name));
    },
  ),
  phrase(/there is no member (?<name>\S+)/, 'there is no member ann@new.org', async (cast, { name = '' }) => {
    expect(`member ${name}`, null, await memberState(cast, name));
  }),
  phrase(
    new RegExp(`there is (?<no>no|a) (?<type>${TYPE}) at (?<at>\\S+)`),
    'there is a Contact at ann   there is no Lead at ann',
    async (cast, { no, type = '', at = '' }) => {
      const owner = crmOf(cast, type);
      expect(`${type}s at ${at}`, no === 'a' ? 1 : 0, await owner.crm.countAt(owner.type, addressOf(at)));
    },
  ),
  phrase(
    /(?<n>\d+) members (?<name>\S+) are (?<state>\S+)/,
    '60 members crowd are subscribed',
    async (cast, { n, name = '', state = '' }) => {
      const all = crowdOf(cast, TYPE, name).length;
      const states: (string | null)[] = [];
      for (let i = 1; i <= all; i += 1) states.push(await memberState(cast, `${name}${i}`));
      expect(`${state} members`, Number(n), states.filter((one) => one === state).length);
    },
  ),
  phrase(
    /(?<field>\w+) of member (?<name>\S+) is (?<value>.+)/,
    'FNAME of member ann is Anna',
    async (cast, { field = '', name = '', value = '' }) => {
      expect(`${field} of member ${name}`, value, (await cast.tool.member(addressOf(name)))?.fields[field]);
    },
  ),
  phrase(
    /member (?<name>\S+) is (?<not>not )?tagged (?<tag>.+)/,
    'member ann is tagged Left the CRM lists',
    async (cast, { name = '', not, tag = '' }) => {
      const tags = (await cast.tool.member(addressOf(name)))?.tags ?? [];
      expect(`the tags of ${name} to hold ${tag}`, not === undefined, tags.includes(tag));
    },
  ),
  phrase(
    new RegExp(`(?<field>\\w+) of ${RECORD} is (?<value>.+)`),
    'FirstName of Contact ann is Anna',
    async (cast, { field = '', type = '', name = '', value = '' }) => {
      expect(`${field} of ${type} ${name}`, value, String((await recordOf(cast, type, name))[field]));
    },
  ),
  phrase(
    new RegExp(`${RECORD} is (?<not>not )?opted out of (?<topic>.+)`),
    'Contact ann is opted out of Events   Contact ann is not opted out of Events',
    async (cast, { type = '', name = '', not, topic = '' }) => {
      const owner = crmOf(cast, type);
      const isOut = await owner.crm.recordIsOutOf(owner.type, idOf(cast, type, name), topic);
      expect(`the opt-out of ${type} ${name} of ${topic}`, not === undefined, isOut);
    },
  ),
  phrase(
    /member (?<name>\S+) is (?<not>not )?opted out of (?<topic>.+)/,
    'member ann is opted out of Events   member ann is not opted out of Events',
    async ({ tool }, { name = '', not, topic = '' }) => {
      const isOut = await tool.memberIsOutOf(addressOf(name), topic);
      expect(`the opt-out of member ${name} of ${topic}`, not === undefined, isOut);
    },
  ),
  phrase(
    /HubSpot has (?<no>no|a) contact at (?<at>\S+)/,
    'HubSpot has a contact at ann   HubSpot has no contact at ann',
    async (cast, { no, at = '' }) => {
      expect(`a contact at ${at}`, no === 'a', (await hubspotOf(cast).contactAt(addressOf(at))) !== null);
    },
  ),
  phrase(
    /(?<name>\S+) is a (?<non>non-)?marketing contact/,
    'ann is a marketing contact   ann is a non-marketing contact',
    async (cast, { name = '', non }) => {
      const contact = await hubspotOf(cast).contactAt(addressOf(name));
      expect(`the marketing status of ${name}`, non === undefined, contact?.hs_marketable_status === 'true');
    },
  ),
  phrase(
    /the legal basis of (?<name>\S+) for (?<subscription>\w+) is (?<basis>.+)/,
    'the legal basis of ann for Newsletter is LEGITIMATE_INTEREST_CLIENT, Heed sync profile acme/newsletter: existing-customer',
    async (cast, { name = '', subscription = '', basis = '' }) => {
      const found = await hubspotOf(cast).legalBasis(addressOf(name), subscription);
      expect(`the legal basis of ${name}`, basis, found === null ? 'none' : found.join(', '));
    },
  ),
];

type Run = Json & { readonly held: Readonly<Record<string, number>> };

/** One for each profile of the customer. */
const lastRuns = (cast: Cast): readonly Run[] => {
  const runs = (cast.last?.json as { runs?: readonly Run[] } | null)?.runs ?? [];
  if (runs.length === 0) throw new Error(`the last command ran no profile: heed ${cast.last?.args.join(' ')}`);
  return runs;
};

const sum = (numbers: readonly unknown[]): number => numbers.reduce<number>((all, one) => all + Number(one), 0);

const listed = async (cast: Cast, name: string): Promise<readonly string[]> => {
  if (cast.runs.length === 0) throw new Error('there was no sync yet');
  const reasons = new Set<string>();
  for (const run of cast.runs) {
    const { json } = await heed(['run', run], cast.place);
    const all = (json as { listed: readonly { address: string; reason: string }[] }).listed;
    for (const { address, reason } of all) if (address === addressOf(name)) reasons.add(reason);
  }
  return [...reasons];
};

const answers: readonly Phrase[] = [
  phrase(/exit (?<code>\d+)/, 'exit 0', async (cast, { code }) => {
    if (cast.last?.code !== Number(code))
      throw new Error(
        `expected exit ${code}, it is ${cast.last?.code}: heed ${cast.last?.args.join(' ')}\n${cast.last?.said}`,
      );
  }),
  phrase(/(?<n>no|\d+) writes?/, 'no writes   1 write', async (cast, { n }) => {
    expect('records written by the last command', n === 'no' ? 0 : Number(n), cast.written.length);
  }),
  phrase(
    /member (?<first>\S+) was written before member (?<second>\S+)/,
    'member zoe was written before member ann',
    async (cast, { first = '', second = '' }) => {
      const ids: string[] = [];
      for (const name of [first, second]) ids.push((await cast.tool.member(addressOf(name)))?.id ?? name);
      const written = new Set(cast.written.filter((id) => ids.includes(id)));
      expect(`what was written of ${first} and ${second}, in its order,`, ids, [...written]);
    },
  ),
  phrase(/sync again writes nothing/, 'sync again writes nothing', async (cast) => {
    await command(cast, 'sync acme');
    expect('records written by another sync', [], cast.written);
  }),
  phrase(/(?<what>owed|review) (?<n>\d+)/, 'owed 1   review 1', async (cast, { what = '', n }) => {
    expect(what, Number(n), sum(lastRuns(cast).map((run) => run[what])));
  }),
  phrase(/(?<n>\d+) (?<kind>[a-z-]+) held/, '60 opt-out held', async (cast, { n, kind = '' }) => {
    const held = lastRuns(cast).flatMap((run) => Object.entries(run.held));
    const found = held.flatMap(([key, count]) => (key.endsWith(`.${kind}`) ? [count] : []));
    expect(`${kind} held`, Number(n), sum(found));
  }),
  phrase(
    /(?<name>\S+) is listed as (?<reason>\S+)/,
    'ann is listed as waits-for-review',
    async (cast, { name = '', reason }) => {
      expect(`${name} in the list`, [reason], await listed(cast, name));
    },
  ),
  phrase(/(?<name>\S+) is not listed/, 'ann is not listed', async (cast, { name = '' }) => {
    expect(`${name} in the list`, [], await listed(cast, name));
  }),
  phrase(/the answer mentions (?<text>.+)/, 'the answer mentions waits for approval', async (cast, { text = '' }) => {
    const said = cast.last?.said ?? '';
    if (!said.toLowerCase().includes(text.toLowerCase())) throw new Error(`expected "${text}" in: ${said}`);
  }),
  phrase(
    /explain (?<name>\S+) mentions (?<text>.+)/,
    'explain ann mentions C0.3',
    async (cast, { name = '', text = '' }) => {
      const { said } = await heed(['explain', 'acme', addressOf(name)], cast.place);
      if (!said.toLowerCase().includes(text.toLowerCase())) throw new Error(`expected "${text}" in: ${said}`);
    },
  ),
  phrase(/the ledger is whole/, 'the ledger is whole', async (cast) => {
    const { code, said } = await heed(['ledger', 'verify', 'acme'], cast.place);
    if (code !== 0) throw new Error(`heed ledger verify answered ${code}: ${said}`);
  }),
];

export const thenPhrases: readonly Phrase[] = [...systems, ...answers];
