import { addressOf, type Cast, crowdOf, idOf, type Phrase, phrase } from './cast.ts';
import { heed } from './heed.ts';
import type { Json } from './stage.ts';
import { command } from './when.ts';

/** Says what was expected and what is there. */
const expect = (what: string, wanted: unknown, found: unknown): void => {
  if (JSON.stringify(wanted) === JSON.stringify(found)) return;
  throw new Error(`expected ${what} to be ${JSON.stringify(wanted)}, it is ${JSON.stringify(found)}`);
};

const recordOf = async (cast: Cast, type: string, name: string): Promise<Json> => {
  const record = await cast.stage.record(type, idOf(cast, type, name));
  if (record === null) throw new Error(`${type} ${name} is not in Salesforce any more`);
  return record;
};

const STATES: Readonly<Record<string, string>> = { 'non-subscribed': 'transactional' };

const memberState = async (cast: Cast, name: string): Promise<string | null> => {
  const member = await cast.stage.member(addressOf(name));
  return member === null ? null : String(member.status);
};

const systems: readonly Phrase[] = [
  phrase(
    /(?<type>Contact|Lead) (?<name>\S+) is (?<not>not )?opted out(?: in (?<field>\w+))?/,
    'Contact ann is opted out   Lead bob is not opted out   Contact ann is opted out in Newsletter_Opt_Out__c',
    async (cast, { type = '', name = '', not, field = 'HasOptedOutOfEmail' }) => {
      expect(`${type} ${name}.${field}`, not === undefined, (await recordOf(cast, type, name))[field]);
    },
  ),
  phrase(
    /(?<n>\d+) (?<type>Contact|Lead)s (?<name>\S+) are opted out/,
    '60 Contacts crowd are opted out',
    async (cast, { n, type = '', name = '' }) => {
      const records = await Promise.all(crowdOf(cast, type, name).map((id) => cast.stage.record(type, id)));
      expect(`opted-out ${type}s`, Number(n), records.filter((one) => one?.HasOptedOutOfEmail === true).length);
    },
  ),
  phrase(
    /member (?<name>\S+) is (?<state>\S+)/,
    'member ann is unsubscribed',
    async (cast, { name = '', state = '' }) => {
      expect(`member ${name}`, STATES[state] ?? state, await memberState(cast, name));
    },
  ),
  phrase(/there is no member (?<name>\S+)/, 'there is no member ann@new.org', async (cast, { name = '' }) => {
    expect(`member ${name}`, null, await memberState(cast, name));
  }),
  phrase(
    /there is (?<no>no|a) (?<type>Contact|Lead) at (?<at>\S+)/,
    'there is a Contact at ann   there is no Lead at ann',
    async (cast, { no, type = '', at = '' }) => {
      const found = await cast.stage.recordsAt(type, addressOf(at));
      expect(`${type}s at ${at}`, no === 'a' ? 1 : 0, found.length);
    },
  ),
  phrase(
    /(?<n>\d+) members (?<name>\S+) are (?<state>\S+)/,
    '60 members crowd are subscribed',
    async (cast, { n, name = '', state = '' }) => {
      const all = crowdOf(cast, 'Contact', name).length;
      const states: (string | null)[] = [];
      for (let i = 1; i <= all; i += 1) states.push(await memberState(cast, `${name}${i}`));
      expect(`${state} members`, Number(n), states.filter((one) => one === (STATES[state] ?? state)).length);
    },
  ),
  phrase(
    /(?<field>\w+) of member (?<name>\S+) is (?<value>.+)/,
    'FNAME of member ann is Anna',
    async (cast, { field = '', name = '', value = '' }) => {
      const member = await cast.stage.member(addressOf(name));
      expect(`${field} of member ${name}`, value, (member?.merge_fields as Json | undefined)?.[field]);
    },
  ),
  phrase(
    /member (?<name>\S+) is (?<not>not )?tagged (?<tag>.+)/,
    'member ann is tagged Left the CRM lists',
    async (cast, { name = '', not, tag = '' }) => {
      const member = await cast.stage.member(addressOf(name));
      const tags = ((member?.tags ?? []) as readonly { name: string }[]).map((one) => one.name);
      expect(`the tags of ${name} to hold ${tag}`, not === undefined, tags.includes(tag));
    },
  ),
  phrase(
    /(?<field>\w+) of (?<type>Contact|Lead) (?<name>\S+) is (?<value>.+)/,
    'FirstName of Contact ann is Anna',
    async (cast, { field = '', type = '', name = '', value = '' }) => {
      expect(`${field} of ${type} ${name}`, value, String((await recordOf(cast, type, name))[field]));
    },
  ),
];

const lastRun = (cast: Cast): Json => {
  const runs = (cast.last?.json as { runs?: readonly Json[] } | null)?.runs;
  const run = runs?.[0];
  if (run === undefined) throw new Error(`the last command ran no profile: heed ${cast.last?.args.join(' ')}`);
  return run;
};

const listed = async (cast: Cast): Promise<readonly { address: string; reason: string }[]> => {
  if (cast.run === null) throw new Error('there was no sync yet');
  const { json } = await heed(['run', cast.run], cast.place);
  return (json as { listed: readonly { address: string; reason: string }[] }).listed;
};

const answers: readonly Phrase[] = [
  phrase(/exit (?<code>\d+)/, 'exit 0', async (cast, { code }) => {
    if (cast.last?.code !== Number(code))
      throw new Error(
        `expected exit ${code}, it is ${cast.last?.code}: heed ${cast.last?.args.join(' ')}\n${cast.last?.said}`,
      );
  }),
  phrase(/(?<n>no|\d+) writes?/, 'no writes   1 write', async (cast, { n }) => {
    expect('records written by the last command', n === 'no' ? 0 : Number(n), cast.written);
  }),
  phrase(/sync again writes nothing/, 'sync again writes nothing', async (cast) => {
    await command(cast, 'sync acme');
    expect('records written by another sync', 0, cast.written);
  }),
  phrase(/(?<what>owed|review) (?<n>\d+)/, 'owed 1   review 1', async (cast, { what = '', n }) => {
    expect(what, Number(n), lastRun(cast)[what]);
  }),
  phrase(/(?<n>\d+) (?<kind>[a-z-]+) held/, '60 opt-out held', async (cast, { n, kind = '' }) => {
    const held = lastRun(cast).held as Readonly<Record<string, number>>;
    const found = Object.entries(held).reduce((sum, [key, count]) => (key.endsWith(`.${kind}`) ? sum + count : sum), 0);
    expect(`${kind} held`, Number(n), found);
  }),
  phrase(
    /(?<name>\S+) is listed as (?<reason>\S+)/,
    'ann is listed as waits-for-review',
    async (cast, { name = '', reason }) => {
      const found = (await listed(cast)).filter((one) => one.address === addressOf(name)).map((one) => one.reason);
      expect(`${name} in the list`, [reason], [...new Set(found)]);
    },
  ),
  phrase(/(?<name>\S+) is not listed/, 'ann is not listed', async (cast, { name = '' }) => {
    const found = (await listed(cast)).filter((one) => one.address === addressOf(name)).map((one) => one.reason);
    expect(`${name} in the list`, [], found);
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
