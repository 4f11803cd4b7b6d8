import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, type Cast, crmOf, hubspotOf, type Phrase, phrase, putInList, TYPE } from './cast.ts';
import { connectionsOf, writeFile } from './stage.ts';

/** `(opted out, in the list, FirstName Anna)` */
const optionsOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

const IN_LIST = 'in the list';

const addRecord = async (cast: Cast, type: string, name: string, email: string, options?: string): Promise<void> => {
  const given = optionsOf(options);
  const owner = crmOf(cast, type);
  const others = given.filter((one) => one !== IN_LIST);
  const id = await owner.crm.add(owner.type, name, email, others);
  cast.ids.set(`${type} ${name}`, id);
  if (others.length < given.length) await putInList(cast, id, true);
};

const RECORD = `(?<type>${TYPE})`;
const OPTIONS = /(?: \((?<options>.*)\))?/.source;

/** Who is where before anything happens. New people may come later as well, so these also stand after `when`. */
export const givenPhrases: readonly Phrase[] = [
  phrase(
    /HubSpot asks for a legal basis for (?<subscription>.+)/,
    'HubSpot asks for a legal basis for Newsletter',
    async (cast, { subscription = '' }) => {
      const hubspot = hubspotOf(cast);
      await hubspot.act('switches', { legalBasisRequired: 'subscribing' });
      const subscriptionTypes = [await hubspot.topicId(subscription)];
      const connection = { ...hubspot.connection, dataPrivacy: { subscriptionTypes } };
      writeFile(cast.place, 'connections', { ...connectionsOf(cast), hubspot: connection });
    },
  ),
  phrase(
    /the opt-out list (?<file>\S+\.csv) of (?<lines>.+)/,
    'the opt-out list calls.csv of ann, cat, not an address',
    async ({ place }, { file = '', lines = '' }) => {
      const addresses = lines.split(', ').map((line) => (line.includes(' ') ? line : addressOf(line)));
      writeFileSync(join(place.profilesDir, file), `Email\n${addresses.join('\n')}\n`);
    },
  ),
  phrase(
    new RegExp(`${RECORD} (?<name>\\S+)(?: at (?<at>\\S+))?${OPTIONS}`),
    'Contact ann   Lead bob at ann (opted out, in the list, FirstName Bob)',
    (cast, { type = '', name = '', at, options }) => addRecord(cast, type, name, addressOf(at ?? name), options),
  ),
  phrase(
    new RegExp(`member (?<name>\\S+) (?<state>[a-z][a-z -]*?)${OPTIONS}`),
    'member ann subscribed   member ann unsubscribed by own act (FNAME Anna)',
    (cast, { name = '', state = '', options }) => cast.tool.addMember(addressOf(name), state, optionsOf(options)),
  ),
  phrase(
    new RegExp(`(?<n>\\d+) ${RECORD}s (?<name>\\S+)${OPTIONS}`),
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
      for (let i = 1; i <= Number(n); i += 1)
        await cast.tool.addMember(addressOf(`${name}${i}`), state, optionsOf(options));
    },
  ),
];
