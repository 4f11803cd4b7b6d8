import { Actors } from './actors.ts';
import { SimulatedCrm } from './crm.ts';
import { CrmSession, crmHand, simulatedCrmConnector } from './crm-session.ts';
import type { EnginePlace } from './engine.ts';
import { ofSecond, type Which } from './history.ts';
import { SimulatedMarketing } from './marketing.ts';
import { MarketingSession, marketingHand, simulatedMarketingConnector } from './marketing-session.ts';
import type { Schedule } from './schedule.ts';
import { VendorJobs } from './vendor-jobs.ts';
import type { Life, World } from './world.ts';

/** One profile of the customer: its two systems, the jobs they work on, and the people around them. */
export interface Party {
  readonly which: Which;
  readonly crm: SimulatedCrm;
  readonly marketing: SimulatedMarketing;
  readonly jobs: { readonly crm: VendorJobs; readonly marketing: VendorJobs };
  readonly actors: Actors;
  settle(people: Schedule['people']): void;
}

/** The first profile with both of its systems, and where there is a second one that one, with the system of its own. */
export const partiesOf = (world: World): readonly [Party, ...Party[]] => {
  const crm = new SimulatedCrm(world);
  const marketing = new SimulatedMarketing(world);
  const jobs = { crm: crmJobs(world, crm), marketing: marketingJobs(world, marketing) };
  const actors = new Actors(world, crm, marketing);
  const first: Party = { which: 'first', crm, marketing, jobs, actors, settle: (people) => actors.settle(people) };
  return world.settings.second === null ? [first] : [first, besides(world, first, world.settings.second.shares)];
};

const besides = (world: World, first: Party, shares: 'crm' | 'marketing'): Party => {
  const history = ofSecond(world.history);
  const crm = shares === 'crm' ? first.crm : new SimulatedCrm(world, history);
  const marketing = shares === 'marketing' ? first.marketing : new SimulatedMarketing(world, history);
  const actors = new Actors(world, crm, marketing, 'w');
  return {
    which: 'second',
    crm,
    marketing,
    jobs: {
      crm: shares === 'crm' ? first.jobs.crm : crmJobs(world, crm),
      marketing: shares === 'marketing' ? first.jobs.marketing : marketingJobs(world, marketing),
    },
    actors,
    // The same people, otherwise known there.
    settle: (people) =>
      actors.settle(
        people.map((one) => ({ crm: one.crm * 7 + 3, marketing: one.marketing * 7 + 3, flags: one.flags * 7 + 1 })),
        shares === 'crm' ? 'marketing' : 'crm',
      ),
  };
};

const crmJobs = (world: World, crm: SimulatedCrm): VendorJobs =>
  new VendorJobs(
    world,
    'crm',
    crmHand(crm, () => null),
    crm.history,
  );

const marketingJobs = (world: World, marketing: SimulatedMarketing): VendorJobs =>
  new VendorJobs(
    world,
    'marketing',
    marketingHand(marketing, () => null),
    marketing.history,
  );

/** What a process that runs this profile is given. */
export const placeOf = (world: World, party: Party, life: Life, memory: EnginePlace['memory']): EnginePlace => {
  const { quirks, second } = world.settings;
  const audience = party.which === 'second' && second?.shares === 'crm' ? 'a2' : 'a1';
  const crm = new CrmSession(world, party.crm, party.jobs.crm, life);
  const marketing = new MarketingSession(world, party.marketing, party.jobs.marketing, life, audience);
  return {
    world,
    life,
    memory,
    which: party.which,
    crm: { connector: simulatedCrmConnector(quirks, () => crm), session: crm },
    marketing: { connector: simulatedMarketingConnector(quirks, () => marketing), session: marketing },
  };
};
