import { type FaultRule, type SeededRandom, seededRandom } from '@heed/sandbox';
import type { Act } from './acts.ts';
import type { Rules } from './expected.ts';
import { faultsOf } from './fault-plan.ts';
import { baseActs, comeBack, peopleOf, renameMany, tellStories } from './people.ts';

/** What many seeds begin with: made once, synced once, then brought back for each of them. */
export interface Setup {
  readonly name: string;
  readonly people: number;
  readonly rules: Rules;
  /** So many new names in the CRM go to Mailchimp by its batches; in the audience to Salesforce by its jobs. */
  readonly many?: { readonly where: 'CRM' | 'audience'; readonly count: number };
}

/** When the process is killed. */
export interface Moment {
  /** After so many calls that a stand-in has carried out and not answered yet; of those that write, or of all. */
  readonly call: number;
  readonly of: 'calls' | 'writes';
  /** And so long after that, by the machine's clock: answers arrive and are being stored. */
  readonly delayMs: number;
}

/** Everything of one seed. */
export interface Plan {
  readonly seed: number;
  readonly setup: Setup;
  readonly base: readonly Act[];
  /** The very first sync is killed; else Heed knows the base, and people did something since. */
  readonly first: boolean;
  /** Before the sync that is killed. */
  readonly before: readonly Act[];
  /** A minute after the first kill: people who left just before it come back. */
  readonly back: readonly Act[];
  /** Between the kill and the next sync. */
  readonly after: readonly Act[];
  readonly faults: { readonly salesforce: readonly FaultRule[]; readonly mailchimp: readonly FaultRule[] };
  /** One for each sync that is killed. */
  readonly moments: readonly Moment[];
  /** Where a moment never came, because nobody knows how many calls a sync makes under faults: acts and a moment for one more sync. */
  readonly spare: readonly { readonly acts: readonly Act[]; readonly moment: Moment }[];
}

/** Seeds that follow each other share a setup. */
export const SEEDS_OF_A_SETUP = 10;

const both: Rules = { crmToMarketing: true, createContacts: true };
const noCreates: Rules = { crmToMarketing: true, createContacts: false };
const oneWay: Rules = { crmToMarketing: false, createContacts: true };
const plain: Rules = { crmToMarketing: false, createContacts: false };

const SETUPS: readonly Setup[] = [
  { name: 'dozens, both ways', people: 60, rules: both },
  { name: 'dozens, one way', people: 60, rules: oneWay },
  { name: 'hundreds, both ways, no creates', people: 300, rules: noCreates },
  { name: 'a batch of Mailchimp', people: 1_150, rules: both, many: { where: 'CRM', count: 520 } },
  { name: 'dozens, one way, no creates', people: 90, rules: plain },
  { name: 'hundreds, both ways', people: 400, rules: both },
  { name: 'a job of Salesforce', people: 4_300, rules: both, many: { where: 'audience', count: 2_040 } },
  { name: 'dozens, both ways, no creates', people: 40, rules: noCreates },
  { name: 'hundreds, one way', people: 200, rules: oneWay },
  { name: 'two batches of Mailchimp', people: 2_600, rules: oneWay, many: { where: 'CRM', count: 1_100 } },
];

/** What a seed does. The same seed, the same plan. */
export const planOf = (seed: number): Plan => {
  const block = Math.floor((seed - 1) / SEEDS_OF_A_SETUP) % SETUPS.length;
  const setup = SETUPS[block] ?? fail();
  const people = [...peopleOf(setup.people, seededRandom(block, 'people'))];
  const base = people.flatMap((person) => baseActs(person));
  const random = seededRandom(seed, 'kill');
  const first = random.chance(0.15);
  const { createContacts } = setup.rules;
  const stories = (count: number, newcomers: string): readonly Act[] =>
    tellStories(people, { count, known: !first, createContacts }, random, newcomers);
  const many = setup.many === undefined || first ? [] : renameMany(people, setup.many.where, setup.many.count);
  const before = [...many, ...stories(8 + random.int(Math.min(people.length / 3, 120)), 'new')];
  const after = random.chance(0.5) ? stories(1 + random.int(6), 'late') : [];
  return {
    seed,
    setup,
    base,
    first,
    before,
    back: first ? [] : comeBack(before, seededRandom(seed, 'back')),
    after,
    faults: faultsOf(random, setup.many),
    moments: momentsOf(random, setup),
    spare: ['second', 'third', 'fourth', 'fifth'].map((newcomers) => ({
      acts: stories(3, newcomers),
      moment: { of: 'calls', call: 1 + random.int(12), delayMs: random.int(30) },
    })),
  };
};

const momentsOf = (random: SeededRandom, { people, many }: Setup): readonly Moment[] => {
  const kills = random.chance(0.35) ? (random.chance(0.3) ? 3 : 2) : 1;
  // About as many as such a sync makes: reads come first, writes by job or collection are few.
  const calls = many === undefined ? 30 + people / 6 : 70;
  const writes = many === undefined ? 3 + people / 12 : 12;
  return Array.from({ length: kills }, () => {
    const of = random.chance(0.6) ? 'writes' : 'calls';
    const call = 1 + random.int(of === 'writes' ? (random.chance(0.4) ? 3 : writes) : calls);
    // A delay is as good as any moment of what follows: answers arrive and are stored, other calls are under way.
    return { of, call, delayMs: random.chance(0.4) ? 0 : random.int(60) };
  });
};

const fail = (): never => {
  throw new Error('no setup');
};
