import {
  addressOf,
  type Cast,
  crmOf,
  crowdOf,
  hubspotOf,
  idOf,
  type Phrase,
  phrase,
  putInList,
  salesforceOf,
  systemOf,
  TYPE,
} from './cast.ts';
import { heed } from './heed.ts';
import { systemsOf } from './stage.ts';
import type { Json, MarketingTool, System } from './systems/system.ts';
import { later } from './time.ts';

/** Runs a command line as somebody would type it, and remembers what it answered and wrote. */
export const command = async (cast: Cast, line: string): Promise<void> => {
  const systems = systemsOf(cast);
  const before = systems.map((one) => one.written().length);
  const words = line.match(/"[^"]*"|\S+/g) ?? [];
  const args: string[] = [];
  for (const word of words) args.push(word === 'RUN' ? await heldRun(cast) : inPlace(cast, word.replaceAll('"', '')));
  cast.last = await heed(args, cast.place);
  cast.written = systems.flatMap((one, at) => one.written().slice(before[at]));
  const all = (cast.last.json as { runs?: readonly { run?: string }[] } | null)?.runs ?? [];
  const runs = all.flatMap(({ run }) => (run?.startsWith('run-') === true ? [run] : []));
  if (runs.length > 0) cast.runs = runs;
};

/** Opt-out lists of a story lie where its profiles are. */
const inPlace = ({ place }: Cast, word: string): string =>
  word.endsWith('.csv') ? `${place.profilesDir}/${word}` : word;

/** The run that holds something, as `heed status` says. */
const heldRun = async (cast: Cast): Promise<string> => {
  const { json, said } = await heed(['status', 'acme'], cast.place);
  const { profiles } = json as { readonly profiles: readonly { readonly held: readonly { readonly run: string }[] }[] };
  const run = profiles.flatMap(({ held }) => held).at(-1)?.run;
  if (run === undefined) throw new Error(`nothing is held that RUN could mean: ${said}`);
  return run;
};

const whereOf = (cast: Cast, system: string | undefined): System =>
  system === undefined ? cast.tool : systemOf(cast, system);

/** Without a system it is done in the marketing tool. */
const person = (says: RegExp, example: string, act: string): Phrase =>
  phrase(new RegExp(`${says.source}(?: in (?<system>[A-Z]\\w+))?`), example, async (cast, { name = '', system }) => {
    await whereOf(cast, system).act(act, { email: addressOf(name) });
  });

const member = (verb: Parameters<MarketingTool['administer']>[0]): Phrase =>
  phrase(
    new RegExp(`an administrator ${verb}s member (?<name>\\S+)`),
    `an administrator ${verb}s member ann`,
    (cast, { name = '' }) => cast.tool.administer(verb, addressOf(name)),
  );

const RECORD = `(?<type>${TYPE}) (?<name>\\S+)`;

const people: readonly Phrase[] = [
  person(/(?<name>\S+) unsubscribes/, 'ann unsubscribes', 'person/unsubscribe'),
  phrase(
    /(?<name>\S+) (?<verb>unsubscribes from|subscribes to) (?<topic>[A-Z]\w+)(?: in (?<system>[A-Z]\w+))?/,
    'ann unsubscribes from Events   ann subscribes to Events   ann unsubscribes from Events in HubSpot',
    (cast, { name = '', verb, topic = '', system }) =>
      whereOf(cast, system).choose(addressOf(name), topic, verb === 'subscribes to'),
  ),
  person(/(?<name>\S+) complains/, 'ann complains', 'person/complain'),
  person(/(?<name>\S+) signs up again/, 'ann signs up again', 'person/resubscribe'),
  person(/(?<name>\S+) confirms/, 'ann confirms', 'person/confirm'),
  person(/mail to (?<name>\S+) bounces/, 'mail to ann bounces', 'person/bounce'),
];

const administrators: readonly Phrase[] = [
  member('unsubscribe'),
  member('subscribe'),
  member('archive'),
  member('delete'),
  phrase(
    /an administrator deletes all members (?<name>\S+)/,
    'an administrator deletes all members crowd',
    async ({ tool }, { name = '' }) => {
      for (let i = 1; (await tool.member(addressOf(`${name}${i}`))) !== null; i += 1)
        await tool.administer('delete', addressOf(`${name}${i}`));
    },
  ),
  phrase(
    /an administrator merges member (?<loser>\S+) into member (?<survivor>\S+)/,
    'an administrator merges member bob into member ann',
    async (cast, { loser = '', survivor = '' }) => {
      const hubspot = hubspotOf(cast);
      const [primary, other] = [
        await hubspot.contactAt(addressOf(survivor)),
        await hubspot.contactAt(addressOf(loser)),
      ];
      await hubspot.act('admin/merge', { primary: primary?.id, other: other?.id });
    },
  ),
  phrase(
    /an administrator makes (?<name>\S+) a (?<non>non-)?marketing contact/,
    'an administrator makes ann a marketing contact   an administrator makes ann a non-marketing contact',
    async (cast, { name = '', non }) => {
      await hubspotOf(cast).act('admin/marketing-status', { email: addressOf(name), marketing: non === undefined });
    },
  ),
];

const operators: readonly Phrase[] = [
  phrase(
    new RegExp(`an operator (?<verb>ticks|unticks) ${RECORD}`),
    'an operator ticks Contact ann   an operator unticks Lead bob',
    async (cast, { verb, type = '', name = '' }) => {
      const owner = crmOf(cast, type);
      await owner.crm.tick(owner.type, idOf(cast, type, name), verb === 'ticks');
    },
  ),
  phrase(
    new RegExp(`an operator withdraws the consent of ${RECORD}`),
    'an operator withdraws the consent of Contact ann',
    async (cast, { type = '', name = '' }) => {
      await salesforceOf(cast).edit(type, idOf(cast, type, name), { Newsletter_Opt_In__c: false });
    },
  ),
  phrase(
    new RegExp(`an operator (?<verb>ticks|unticks) all (?<type>${TYPE})s (?<name>\\S+)`),
    'an operator ticks all Contacts crowd',
    async (cast, { verb, type = '', name = '' }) => {
      const owner = crmOf(cast, type);
      for (const id of crowdOf(cast, type, name)) await owner.crm.tick(owner.type, id, verb === 'ticks');
    },
  ),
  phrase(
    new RegExp(`an operator sets (?<field>\\w+) of ${RECORD} to (?<value>.+)`),
    'an operator sets FirstName of Contact ann to Anna',
    async (cast, { field = '', type = '', name = '', value = '' }) => {
      const owner = crmOf(cast, type);
      await owner.crm.edit(owner.type, idOf(cast, type, name), { [field]: value });
    },
  ),
  phrase(
    new RegExp(`an operator gives ${RECORD} the address (?<to>\\S+)`),
    'an operator gives Contact ann the address ann@new.org',
    async (cast, { type = '', name = '', to = '' }) => {
      const owner = crmOf(cast, type);
      await owner.crm.move(owner.type, idOf(cast, type, name), addressOf(to));
    },
  ),
  phrase(
    new RegExp(`an operator (?<verb>deletes|restores) ${RECORD}`),
    'an operator deletes Contact ann   an operator restores Contact ann',
    async (cast, { verb, type = '', name = '' }) => {
      const owner = crmOf(cast, type);
      await owner.crm[verb === 'deletes' ? 'remove' : 'restore'](owner.type, idOf(cast, type, name));
    },
  ),
  phrase(
    new RegExp(`an operator merges (?<type>${TYPE}) (?<loser>\\S+) into (?<same>${TYPE}) (?<survivor>\\S+)`),
    'an operator merges Contact bob into Contact ann',
    async (cast, { type = '', loser = '', survivor = '' }) => {
      const owner = crmOf(cast, type);
      const id = await owner.crm.merge(owner.type, idOf(cast, type, survivor), idOf(cast, type, loser));
      cast.ids.set(`${type} ${survivor}`, id);
    },
  ),
  phrase(
    /an operator converts Lead (?<lead>\S+) to Contact (?<contact>\S+)/,
    'an operator converts Lead bob to Contact ann',
    (cast, { lead = '', contact = '' }) =>
      salesforceOf(cast).convert(idOf(cast, 'Lead', lead), idOf(cast, 'Contact', contact)),
  ),
  phrase(
    new RegExp(`an operator (?<verb>puts|takes) ${RECORD} (?:into|out of) the list`),
    'an operator puts Contact ann into the list   an operator takes Contact ann out of the list',
    (cast, { verb, type = '', name = '' }) => putInList(cast, idOf(cast, type, name), verb === 'puts'),
  ),
];

/** What somebody at the vendor, or the vendor itself, stands in the way with. */
const obstacles: readonly Phrase[] = [
  phrase(
    /Salesforce (?<verb>hides|shows) (?<type>Contact|Lead)\.(?<field>\w+)/,
    'Salesforce hides Contact.HasOptedOutOfEmail   Salesforce shows Contact.HasOptedOutOfEmail',
    async (cast, { verb, type, field }) => {
      await salesforceOf(cast).act(verb === 'hides' ? 'admin/hide-field' : 'admin/grant', { type, field });
    },
  ),
  phrase(
    new RegExp(`Salesforce (?<verb>locks|unlocks) ${RECORD}`),
    'Salesforce locks Contact ann   Salesforce unlocks Contact ann',
    async (cast, { verb, type = '', name = '' }) => {
      const lock = { id: idOf(cast, type, name), times: verb === 'locks' ? 1_000 : 0 };
      await salesforceOf(cast).act('admin/lock', lock);
    },
  ),
  phrase(
    /NetSuite keeps confirmed statuses without a word/,
    'NetSuite keeps confirmed statuses without a word',
    async (cast) => {
      const switches = { confirmedStatusWrite: 'ignored', confirmedOptInWritable: false };
      await systemOf(cast, 'NetSuite').act('switches', switches);
    },
  ),
];

const FAULTS: Readonly<Record<string, (system: System) => readonly Json[]>> = {
  'does not answer': () => [{ kind: 'reset' }],
  'carries writes out and loses the answers': (system) =>
    system.writingRoutes.map((route) => ({ kind: 'reset-after', route })),
  'works again': () => [],
};

const world: readonly Phrase[] = [
  phrase(
    new RegExp(`(?<name>[A-Z]\\w+) (?<how>${Object.keys(FAULTS).join('|')})`),
    'Mailchimp does not answer   Salesforce carries writes out and loses the answers   Mailchimp works again',
    async (cast, { name = '', how = '' }) => {
      const system = systemOf(cast, name);
      await system.act('faults', { rules: FAULTS[how]?.(system) });
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

export const whenPhrases: readonly Phrase[] = [...people, ...administrators, ...operators, ...obstacles, ...world];
