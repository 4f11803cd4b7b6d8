import type { SeededRandom } from '@heed/sandbox';
import type { Act, Left } from './acts.ts';

/** Who somebody is before the story begins. */
type Kind =
  | 'contact' // in both systems
  | 'lead'
  | 'pair' // a Contact and a Lead with one address
  | 'twins' // two Contacts with one address
  | 'double' // two Contacts with an address each, which are one person
  | 'opted out in the CRM' // and no member
  | 'gone' // has left the audience already
  | 'undeliverable'
  | 'archived'
  | 'subscriber'; // no record

export interface Person {
  readonly name: string;
  readonly kind: Kind;
}

const KINDS: readonly (readonly [Kind, number])[] = [
  ['contact', 52],
  ['lead', 12],
  ['pair', 8],
  ['twins', 6],
  ['double', 5],
  ['opted out in the CRM', 5],
  ['gone', 5],
  ['undeliverable', 2],
  ['archived', 2],
  ['subscriber', 3],
];

const addressOf = (name: string): string => `${name}@x.org`;
const firstOf = (name: string): string => `First-${name}`;

const joinsCrm = (
  name: string,
  type: 'Contact' | 'Lead',
  more: { at?: string; key?: string; optedOut?: boolean } = {},
): Act => ({
  act: 'joins the CRM',
  record: `${type} ${more.key ?? name}`,
  type,
  address: addressOf(more.at ?? name),
  first: firstOf(name),
  last: name,
  optedOut: more.optedOut ?? false,
});
const joinsAudience = (name: string): Act => ({
  act: 'joins the audience',
  address: addressOf(name),
  first: firstOf(name),
  last: name,
});
const leaves = (name: string, how: Left): Act => ({ act: how, address: addressOf(name) });
const ticked = (record: string): Act => ({ act: 'is ticked', record });
const namedInCrm = (name: string, type: 'Contact' | 'Lead'): Act => ({
  act: 'gets a name in the CRM',
  record: `${type} ${name}`,
  first: `Crm-${name}`,
});
const namedInAudience = (name: string): Act => ({
  act: 'gets a name in the audience',
  address: addressOf(name),
  first: `Audience-${name}`,
});

/** So many people, who they are by chance. */
export const peopleOf = (count: number, random: SeededRandom): readonly Person[] =>
  Array.from({ length: count }, (_, i) => ({ name: `p${i}`, kind: weighted(KINDS, random) }));

/** How somebody of the base came to be there. */
export const baseActs = ({ name, kind }: Person): readonly Act[] => {
  const inBoth = [joinsCrm(name, 'Contact'), joinsAudience(name)];
  switch (kind) {
    case 'contact':
      return inBoth;
    case 'lead':
      return [joinsCrm(name, 'Lead'), joinsAudience(name)];
    case 'pair':
      return [...inBoth, joinsCrm(name, 'Lead')];
    case 'twins':
      return [...inBoth, joinsCrm(name, 'Contact', { key: `${name}-twin` })];
    case 'double':
      return [...inBoth, joinsCrm(`${name}-old`, 'Contact'), joinsAudience(`${name}-old`)];
    case 'opted out in the CRM':
      return [joinsCrm(name, 'Contact', { optedOut: true })];
    case 'gone':
      return [...inBoth, leaves(name, 'unsubscribes')];
    case 'undeliverable':
      return [...inBoth, leaves(name, 'bounces')];
    case 'archived':
      return [...inBoth, leaves(name, 'is archived')];
    case 'subscriber':
      return [joinsAudience(name)];
  }
};

/** What one person may do at once. `late`: only for people whom Heed already knows; the others mean the same at any time. */
interface Story {
  readonly kinds: readonly Kind[];
  readonly weight: number;
  readonly late?: true;
  /** Only where no Contacts are made for members: a deleted record would come back as another one. */
  readonly unlessCreating?: true;
  acts(name: string, type: 'Contact' | 'Lead'): readonly Act[];
}

const SINGLE: readonly Kind[] = ['contact', 'lead'];
const SEVERAL: readonly Kind[] = ['pair', 'twins'];
const out = (how: Left): Story => ({ kinds: [...SINGLE, ...SEVERAL], weight: 3, acts: (name) => [leaves(name, how)] });

const STORIES: readonly Story[] = [
  { ...out('unsubscribes'), weight: 5 },
  out('complains'),
  out('is unsubscribed by an administrator'),
  { ...out('unsubscribes'), kinds: ['subscriber'], late: true },
  { kinds: [...SINGLE, ...SEVERAL], weight: 8, acts: (name, type) => [ticked(`${type} ${name}`)] },
  { kinds: ['pair'], weight: 9, acts: (name) => [ticked(`Lead ${name}`)] },
  { kinds: ['twins'], weight: 9, acts: (name) => [ticked(`Contact ${name}-twin`)] },
  { kinds: ['opted out in the CRM'], weight: 3, acts: (name) => [joinsAudience(name)] },
  { kinds: SINGLE, weight: 8, late: true, acts: (name, type) => [namedInCrm(name, type)] },
  { kinds: [...SINGLE, 'pair'], weight: 8, late: true, acts: (name) => [namedInAudience(name)] },
  { kinds: SINGLE, weight: 2, late: true, acts: (name, type) => [namedInCrm(name, type), namedInAudience(name)] },
  {
    kinds: SINGLE,
    weight: 3,
    late: true,
    acts: (name, type) => [namedInCrm(name, type), leaves(name, 'unsubscribes')],
  },
  {
    kinds: SINGLE,
    weight: 3,
    late: true,
    acts: (name, type) => [namedInAudience(name), ticked(`${type} ${name}`)],
  },
  {
    kinds: SINGLE,
    weight: 4,
    late: true,
    acts: (name, type) => [{ act: 'moves', record: `${type} ${name}`, address: addressOf(`${name}-new`) }],
  },
  {
    kinds: SINGLE,
    weight: 2,
    late: true,
    acts: (name, type) => [
      leaves(name, 'unsubscribes'),
      { act: 'moves', record: `${type} ${name}`, address: addressOf(`${name}-new`) },
    ],
  },
  { ...out('bounces'), kinds: SINGLE, weight: 1, late: true },
  { ...out('is archived'), kinds: SINGLE, weight: 1, late: true },
  {
    kinds: SINGLE,
    weight: 1,
    late: true,
    unlessCreating: true,
    acts: (name, type) => [{ act: 'is deleted', record: `${type} ${name}` }],
  },
  {
    kinds: ['twins'],
    weight: 20,
    late: true,
    acts: (name) => [
      ticked(`Contact ${name}-twin`),
      { act: 'is merged into', record: `Contact ${name}-twin`, master: `Contact ${name}` },
    ],
  },
  {
    kinds: ['double'],
    weight: 10,
    late: true,
    acts: (name) => [
      leaves(`${name}-old`, 'unsubscribes'),
      { act: 'is merged into', record: `Contact ${name}-old`, master: `Contact ${name}` },
    ],
  },
];

export interface StoriesAsked {
  readonly count: number;
  /** Heed has read everybody of the base before: names, moves and merges mean what they say. */
  readonly known: boolean;
  readonly createContacts: boolean;
}

/** A story each for some of the people, who are taken out of `people`; and newcomers. */
export const tellStories = (
  people: Person[],
  asked: StoriesAsked,
  random: SeededRandom,
  newcomers: string,
): readonly Act[] => {
  const acts: Act[] = [];
  for (let i = 0; i < asked.count; i += 1) {
    if (random.chance(0.25)) acts.push(...newcomer(`${newcomers}${i}`, random));
    const [person] = people.splice(random.int(people.length), 1);
    if (person === undefined) break;
    const fitting = STORIES.filter(
      (story) =>
        story.kinds.includes(person.kind) &&
        (asked.known || story.late !== true) &&
        !(asked.createContacts && story.unlessCreating === true),
    );
    if (fitting.length === 0) continue;
    const story = weighted(
      fitting.map((one) => [one, one.weight] as const),
      random,
    );
    acts.push(...story.acts(person.name, person.kind === 'lead' ? 'Lead' : 'Contact'));
  }
  return acts;
};

/** Enough new names in one system for its bulk lane. */
export const renameMany = (people: Person[], where: 'CRM' | 'audience', count: number): readonly Act[] => {
  const some = people.filter(({ kind }) => kind === 'contact').slice(0, count);
  for (const one of some) people.splice(people.indexOf(one), 1);
  return some.map(({ name }) => (where === 'CRM' ? namedInCrm(name, 'Contact') : namedInAudience(name)));
};

const newcomer = (name: string, random: SeededRandom): readonly Act[] => {
  switch (random.int(8)) {
    case 0:
      return [joinsCrm(name, 'Contact', { optedOut: true })];
    case 1:
      return [joinsCrm(name, 'Contact'), joinsCrm(name, 'Lead')];
    case 2:
      return [joinsCrm(name, 'Contact'), joinsCrm(name, 'Lead', { optedOut: true })];
    case 3:
      return [joinsAudience(name)];
    case 4:
      return [joinsAudience(name), leaves(name, 'unsubscribes')];
    case 5:
      return [joinsCrm(name, 'Lead')];
    default:
      return [joinsCrm(name, 'Contact')];
  }
};

const weighted = <T>(choices: readonly (readonly [T, number])[], random: SeededRandom): T => {
  let left = random.int(choices.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [choice, weight] of choices) {
    left -= weight;
    if (left < 0) return choice;
  }
  throw new RangeError('nothing to choose from');
};

/** Of those who unsubscribed and did nothing else, some who come back by the form a minute after the kill. */
export const comeBack = (before: readonly Act[], random: SeededRandom): readonly Act[] => {
  const mentions = before.flatMap((act) => ('record' in act ? act.record : act.address).match(/p\d+/g) ?? []);
  return before.flatMap((act): readonly Act[] => {
    if (act.act !== 'unsubscribes') return [];
    const name = act.address.split('@')[0] ?? '';
    const alone = mentions.filter((one) => one === name).length === 1;
    return alone && random.chance(0.5) ? [{ act: 'subscribes again by the form', address: act.address }] : [];
  });
};
