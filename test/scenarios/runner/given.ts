import { addressOf, type Cast, type Phrase, phrase } from './cast.ts';
import type { Json } from './stage.ts';

const WORDS: Readonly<Record<string, Json>> = {
  'opted out': { HasOptedOutOfEmail: true },
  'newsletter opted out': { Newsletter_Opt_Out__c: true },
  consented: { Newsletter_Opt_In__c: true },
};

/** `(opted out, in the list, FirstName Anna)` */
const optionsOf = (text: string | undefined): { readonly fields: Json; readonly inList: boolean } => {
  let fields: Json = {};
  let inList = false;
  for (const option of (text ?? '').split(',').map((one) => one.trim())) {
    if (option === '') continue;
    if (option === 'in the list') inList = true;
    else if (WORDS[option] !== undefined) fields = { ...fields, ...WORDS[option] };
    else {
      const [name = '', ...value] = option.split(' ');
      if (value.length === 0)
        throw new Error(`"${option}" is no option: ${Object.keys(WORDS).join(', ')}, FIELD VALUE`);
      fields = { ...fields, [name]: value.join(' ') };
    }
  }
  return { fields, inList };
};

const addRecord = async (cast: Cast, type: string, name: string, email: string, options?: string): Promise<void> => {
  const { fields, inList } = optionsOf(options);
  const { id } = await cast.stage.act('salesforce', 'admin/create', {
    type,
    fields: { FirstName: 'Ann', LastName: name, Email: email, ...(type === 'Lead' ? { Company: 'X' } : {}), ...fields },
  });
  cast.ids.set(`${type} ${name}`, String(id));
  if (inList) await cast.stage.act('salesforce', 'admin/add-member', { campaign: cast.campaign, id });
};

const ADDED: Readonly<Record<string, string>> = { pending: 'pending', 'non-subscribed': 'transactional' };
const THEN: Readonly<Record<string, string>> = {
  'unsubscribed by own act': 'person/unsubscribe',
  'unsubscribed by an administrator': 'admin/unsubscribe',
  cleaned: 'person/bounce',
  archived: 'admin/archive',
};

const addMember = async (cast: Cast, email: string, state: string, options?: string): Promise<void> => {
  const act = THEN[state];
  if (act === undefined && state !== 'subscribed' && ADDED[state] === undefined)
    throw new Error(`"${state}" is no state of a member: subscribed, ${Object.keys({ ...ADDED, ...THEN }).join(', ')}`);
  await cast.stage.addMember(email, ADDED[state] ?? 'subscribed', {
    FNAME: 'Ann',
    LNAME: 'Ann',
    ...optionsOf(options).fields,
  });
  if (act !== undefined) await cast.stage.act('mailchimp', act, { email });
};

const RECORD = /(?<type>Contact|Lead)/.source;
const OPTIONS = /(?: \((?<options>.*)\))?/.source;

/** Who is where before anything happens. New people may come later as well, so these also stand after `when`. */
export const givenPhrases: readonly Phrase[] = [
  phrase(
    new RegExp(`${RECORD} (?<name>\\S+)(?: at (?<at>\\S+))?${OPTIONS}`),
    'Contact ann   Lead bob at ann (opted out, in the list, FirstName Bob)',
    (cast, { type = '', name = '', at, options }) => addRecord(cast, type, name, addressOf(at ?? name), options),
  ),
  phrase(
    new RegExp(`member (?<name>\\S+) (?<state>[a-z][a-z -]*?)${OPTIONS}`),
    'member ann subscribed   member ann unsubscribed by own act (FNAME Anna)',
    (cast, { name = '', state = '', options }) => addMember(cast, addressOf(name), state, options),
  ),
  phrase(
    new RegExp(`(?<n>\\d+) (?<type>Contact|Lead)s (?<name>\\S+)${OPTIONS}`),
    '60 Contacts crowd (opted out): crowd1@x.org, crowd2@x.org, ...',
    async (cast, { n, type = '', name = '', options }) => {
      for (let i = 1; i <= Number(n); i += 1)
        await addRecord(cast, type, `${name}${i}`, addressOf(`${name}${i}`), options);
    },
  ),
  phrase(
    new RegExp(`(?<n>\\d+) members (?<name>\\S+) (?<state>[a-z][a-z -]*?)${OPTIONS}`),
    '60 members crowd subscribed',
    async (cast, { n, name = '', state = '', options }) => {
      for (let i = 1; i <= Number(n); i += 1) await addMember(cast, addressOf(`${name}${i}`), state, options);
    },
  ),
];
