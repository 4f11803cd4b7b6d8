import { addressOf, type Cast, crowdOf, idOf, type Phrase, phrase } from './cast.ts';
import { heed } from './heed.ts';
import type { Json } from './stage.ts';
import { later } from './time.ts';

/** Runs a command line as somebody would type it, and remembers what it answered and wrote. */
export const command = async (cast: Cast, line: string): Promise<void> => {
  const before = cast.stage.writes();
  const words = line.match(/"[^"]*"|\S+/g) ?? [];
  const args: string[] = [];
  for (const word of words) args.push(word === 'RUN' ? await heldRun(cast) : word.replaceAll('"', ''));
  cast.last = await heed(args, cast.place);
  cast.written = cast.stage.writes() - before;
  const runs = (cast.last.json as { runs?: readonly { run?: string }[] } | null)?.runs;
  const run = runs?.[0]?.run;
  if (run?.startsWith('run-') === true) cast.run = run;
};

/** The run that holds something, as `heed status` says. */
const heldRun = async (cast: Cast): Promise<string> => {
  const { json, said } = await heed(['status', 'acme'], cast.place);
  const held = (json as { profiles: readonly { held: readonly { run: string }[] }[] }).profiles[0]?.held ?? [];
  const run = held.at(-1)?.run;
  if (run === undefined) throw new Error(`nothing is held that RUN could mean: ${said}`);
  return run;
};

const person = (says: RegExp, example: string, act: string): Phrase =>
  phrase(says, example, async ({ stage }, { name = '' }) => {
    await stage.act('mailchimp', act, { email: addressOf(name) });
  });

const member = (verb: string, act: string): Phrase =>
  phrase(
    new RegExp(`an administrator ${verb}s member (?<name>\\S+)`),
    `an administrator ${verb}s member ann`,
    async ({ stage }, { name = '' }) => {
      await stage.act('mailchimp', act, { email: addressOf(name) });
    },
  );

const edit = (cast: Cast, id: string, fields: Json): Promise<Json> =>
  cast.stage.act('salesforce', 'admin/edit', { id, fields });

const RECORD = /(?<type>Contact|Lead) (?<name>\S+)/.source;

const people: readonly Phrase[] = [
  person(/(?<name>\S+) unsubscribes/, 'ann unsubscribes', 'person/unsubscribe'),
  person(/(?<name>\S+) complains/, 'ann complains', 'person/complain'),
  person(/(?<name>\S+) signs up again/, 'ann signs up again', 'person/resubscribe'),
  person(/(?<name>\S+) confirms/, 'ann confirms', 'person/confirm'),
  person(/mail to (?<name>\S+) bounces/, 'mail to ann bounces', 'person/bounce'),
];

const administrators: readonly Phrase[] = [
  member('unsubscribe', 'admin/unsubscribe'),
  member('subscribe', 'admin/subscribe'),
  member('archive', 'admin/archive'),
  member('delete', 'admin/delete'),
  phrase(
    /an administrator deletes all members (?<name>\S+)/,
    'an administrator deletes all members crowd',
    async ({ stage }, { name = '' }) => {
      for (let i = 1; (await stage.member(addressOf(`${name}${i}`))) !== null; i += 1)
        await stage.act('mailchimp', 'admin/delete', { email: addressOf(`${name}${i}`) });
    },
  ),
];

const VERBS: Readonly<Record<string, Json>> = {
  ticks: { HasOptedOutOfEmail: true },
  unticks: { HasOptedOutOfEmail: false },
  'withdraws the consent of': { Newsletter_Opt_In__c: false },
};

const operators: readonly Phrase[] = [
  phrase(
    new RegExp(`an operator (?<verb>${Object.keys(VERBS).join('|')}) ${RECORD}`),
    'an operator ticks Contact ann   an operator unticks Lead bob   an operator withdraws the consent of Contact ann',
    async (cast, { verb = '', type = '', name = '' }) => {
      await edit(cast, idOf(cast, type, name), VERBS[verb] ?? {});
    },
  ),
  phrase(
    /an operator (?<verb>ticks|unticks) all (?<type>Contact|Lead)s (?<name>\S+)/,
    'an operator ticks all Contacts crowd',
    async (cast, { verb = '', type = '', name = '' }) => {
      for (const id of crowdOf(cast, type, name)) await edit(cast, id, VERBS[verb] ?? {});
    },
  ),
  phrase(
    new RegExp(`an operator sets (?<field>\\w+) of ${RECORD} to (?<value>.+)`),
    'an operator sets FirstName of Contact ann to Anna',
    async (cast, { field = '', type = '', name = '', value = '' }) => {
      await edit(cast, idOf(cast, type, name), { [field]: value });
    },
  ),
  phrase(
    new RegExp(`an operator gives ${RECORD} the address (?<to>\\S+)`),
    'an operator gives Contact ann the address ann@new.org',
    async (cast, { type = '', name = '', to = '' }) => {
      await edit(cast, idOf(cast, type, name), { Email: addressOf(to) });
    },
  ),
  phrase(
    new RegExp(`an operator (?<verb>deletes|restores) ${RECORD}`),
    'an operator deletes Contact ann   an operator restores Contact ann',
    async (cast, { verb, type = '', name = '' }) => {
      const act = verb === 'deletes' ? 'admin/delete' : 'admin/undelete';
      await cast.stage.act('salesforce', act, { id: idOf(cast, type, name) });
    },
  ),
  phrase(
    /an operator merges (?<type>Contact|Lead) (?<loser>\S+) into (?<same>Contact|Lead) (?<master>\S+)/,
    'an operator merges Contact bob into Contact ann',
    async (cast, { type = '', loser = '', master = '' }) => {
      const losers = [idOf(cast, type, loser)];
      await cast.stage.act('salesforce', 'admin/merge', { type, master: idOf(cast, type, master), losers });
    },
  ),
  phrase(
    /an operator converts Lead (?<lead>\S+) to Contact (?<contact>\S+)/,
    'an operator converts Lead bob to Contact ann',
    async (cast, { lead = '', contact = '' }) => {
      const body = { id: idOf(cast, 'Lead', lead), contact: idOf(cast, 'Contact', contact) };
      await cast.stage.act('salesforce', 'admin/convert', body);
    },
  ),
  phrase(
    new RegExp(`an operator (?<verb>puts|takes) ${RECORD} (?:into|out of) the list`),
    'an operator puts Contact ann into the list   an operator takes Contact ann out of the list',
    async (cast, { verb, type = '', name = '' }) => {
      const act = verb === 'puts' ? 'admin/add-member' : 'admin/remove-member';
      await cast.stage.act('salesforce', act, { campaign: cast.campaign, id: idOf(cast, type, name) });
    },
  ),
  phrase(
    /Salesforce (?<verb>hides|shows) (?<type>Contact|Lead)\.(?<field>\w+)/,
    'Salesforce hides Contact.HasOptedOutOfEmail   Salesforce shows Contact.HasOptedOutOfEmail',
    async ({ stage }, { verb, type, field }) => {
      await stage.act('salesforce', verb === 'hides' ? 'admin/hide-field' : 'admin/grant', { type, field });
    },
  ),
];

const FAULTS: Readonly<Record<string, readonly Json[]>> = {
  'does not answer': [{ kind: 'reset' }],
  'carries writes out and loses the answers': [
    { kind: 'reset-after', route: 'PATCH /services/data/*/composite/sobjects' },
    { kind: 'reset-after', route: 'PATCH /3.0/lists/{list}/members/{hash}' },
    { kind: 'reset-after', route: 'PUT /3.0/lists/{list}/members/{hash}' },
  ],
  'works again': [],
};

const world: readonly Phrase[] = [
  phrase(
    new RegExp(`(?<system>Mailchimp|Salesforce) (?<how>${Object.keys(FAULTS).join('|')})`),
    'Mailchimp does not answer   Salesforce carries writes out and loses the answers   Mailchimp works again',
    async ({ stage }, { system = '', how = '' }) => {
      await stage.act(system.toLowerCase() as 'mailchimp' | 'salesforce', 'faults', { rules: FAULTS[how] });
    },
  ),
  phrase(/after (?<n>\d+) (?<unit>minutes|hours|days)/, 'after 25 hours', async (_cast, { n, unit }) => {
    later(Number(n) * (unit === 'minutes' ? 60_000 : unit === 'hours' ? 3_600_000 : 86_400_000));
  }),
  phrase(/(?<line>(?:sync|plan)(?: --\w+)*)/, 'sync   sync --yes   plan', (cast, { line = '' }) => {
    const [verb = '', ...options] = line.split(' ');
    return command(cast, [verb, 'acme', ...options].join(' '));
  }),
  phrase(
    /heed (?<line>.+)/,
    'heed correct acme ann@x.org --because "wrong row"   heed approve RUN (the run that holds something)',
    (cast, { line = '' }) => command(cast, line),
  ),
];

export const whenPhrases: readonly Phrase[] = [...people, ...administrators, ...operators, ...world];
