import { COMPANIES, CULTURES, type Culture, DOMAINS, IDN_DOMAINS, TITLES } from './demo-names.ts';
import { type SeededRandom, seededRandom } from './random.ts';

/** One made-up person of the demonstration's customer base; every stand-in shows its own side of the same person. */
export interface DemoPerson {
  /** The same person has the same index in every stand-in. */
  readonly index: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly title: string | undefined;
  readonly company: string | undefined;
  readonly phone: string | undefined;
  /** YYYY-MM-DD */
  readonly birthdate: string | undefined;
  readonly address: DemoAddress | undefined;
  /** The records in a CRM; two for duplicates and for people who are Contact and Lead; none for mere subscribers. */
  readonly crm: readonly DemoCrmRecord[];
  /** The membership in a marketing tool, if any. At most one person of the base has it per address. */
  readonly marketing: DemoMembership | undefined;
}

export interface DemoAddress {
  readonly street: string;
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  /** ISO 3166-1, two letters. */
  readonly country: string;
}

export interface DemoCrmRecord {
  readonly kind: 'Contact' | 'Lead';
  /** As the CRM spells it, perhaps with capitals or an international domain; a few records have none. */
  readonly email: string | undefined;
  readonly optedOut: boolean;
  /** Age of the record, in days before now. */
  readonly createdDaysAgo: number;
}

export interface DemoMembership {
  /** As the marketing tool spells it; the same address as the CRM's, not always the same spelling. */
  readonly email: string;
  readonly status: 'subscribed' | 'unsubscribed' | 'bounced' | 'archived' | 'pending' | 'never-opted-in';
  /** Who ended it, for `unsubscribed`; what an archived member was before, when that was an opt-out. */
  readonly endedBy: 'person' | 'complaint' | 'admin' | undefined;
  /** Days before now: the membership's begin, and its last change. */
  readonly createdDaysAgo: number;
  readonly changedDaysAgo: number;
  /** Interests or topics by position: 0 = newsletter, 1 = events. */
  readonly topics: readonly number[];
  readonly tags: readonly string[];
}

/** The customer base for a seed: always the same, and its first people do not depend on `count`. */
export function demoPeople(seed: number, count = 3000): readonly DemoPerson[] {
  const people: DemoPerson[] = [];
  for (let index = 0; index < count; index += 1) {
    people.push(demoPerson(index, seededRandom(seed, `demo person ${index}`), people));
  }
  return people;
}

function demoPerson(index: number, random: SeededRandom, before: readonly DemoPerson[]): DemoPerson {
  const culture = weighted(random, CULTURES, (one) => one.weight);
  const [firstName, firstAscii] = random.pick(culture.given);
  const [lastName, lastAscii] = random.pick(culture.family);
  // A household: somebody whose address is already another person's. The member of that address stays the other one.
  const household = random.chance(0.03) ? sharedAddress(random, before) : undefined;
  const own = ownAddress(index, random, firstAscii, lastAscii);
  const written = household ?? own;
  const onlySubscriber = household === undefined && random.chance(0.14);
  const crm = onlySubscriber ? [] : crmRecords(random, written.crm);
  const reachable = onlySubscriber || crm.some((record) => record.email !== undefined);
  const isMember = onlySubscriber || (household === undefined && reachable && random.chance(0.6));
  return {
    index,
    firstName,
    lastName,
    title: random.chance(0.7) ? random.pick(TITLES) : undefined,
    company: random.chance(0.6) ? random.pick(COMPANIES) : undefined,
    phone: random.chance(0.65) ? `${culture.phonePrefix}${random.text(2, '0123456789')}` : undefined,
    birthdate: random.chance(0.5) ? birthdate(random) : undefined,
    address: random.chance(0.55) ? postalAddress(random, culture) : undefined,
    crm,
    marketing: isMember ? membership(random, written.marketing) : undefined,
  };
}

interface Spellings {
  readonly crm: string;
  readonly marketing: string;
}

function ownAddress(index: number, random: SeededRandom, first: string, last: string): Spellings {
  const tag = random.chance(0.02) ? '+news' : '';
  const local = `${first}.${last}.${index}${tag}`;
  if (random.chance(0.01)) {
    const [written, ascii] = random.pick(IDN_DOMAINS);
    return { crm: `${local}@${written}`, marketing: `${local}@${ascii}` };
  }
  const plain = `${local}@${random.pick(DOMAINS)}`;
  const capitals = random.next();
  if (capitals < 0.03) return { crm: plain.toUpperCase(), marketing: plain };
  if (capitals < 0.06) return { crm: `${first.charAt(0).toUpperCase()}${plain.slice(1)}`, marketing: plain };
  if (capitals < 0.08) return { crm: plain, marketing: `${first.charAt(0).toUpperCase()}${plain.slice(1)}` };
  return { crm: plain, marketing: plain };
}

function sharedAddress(random: SeededRandom, before: readonly DemoPerson[]): Spellings | undefined {
  if (before.length === 0) return undefined;
  const email = random.pick(before).crm[0]?.email;
  return email === undefined ? undefined : { crm: email, marketing: email };
}

function crmRecords(random: SeededRandom, email: string): readonly DemoCrmRecord[] {
  const kinds = weighted(
    random,
    [
      { weight: 64, kinds: ['Contact'] },
      { weight: 28, kinds: ['Lead'] },
      { weight: 4, kinds: ['Contact', 'Lead'] },
      { weight: 3, kinds: ['Contact', 'Contact'] },
      { weight: 1, kinds: ['Lead', 'Lead'] },
    ] as const,
    (one) => one.weight,
  ).kinds;
  const withoutEmail = random.chance(0.03);
  return kinds.map((kind) => ({
    kind,
    email: withoutEmail ? undefined : email,
    optedOut: random.chance(0.05),
    createdDaysAgo: 1 + random.int(1500),
  }));
}

function membership(random: SeededRandom, email: string): DemoMembership {
  const { status } = weighted(
    random,
    [
      { weight: 800, status: 'subscribed' },
      { weight: 90, status: 'unsubscribed' },
      { weight: 40, status: 'bounced' },
      { weight: 25, status: 'archived' },
      { weight: 15, status: 'pending' },
      { weight: 30, status: 'never-opted-in' },
    ] as const,
    (one) => one.weight,
  );
  const createdDaysAgo = 2 + random.int(900);
  const ended = status === 'unsubscribed' || (status === 'archived' && random.chance(0.4));
  return {
    email,
    status,
    endedBy: ended ? endedBy(random) : undefined,
    createdDaysAgo,
    changedDaysAgo: 1 + random.int(createdDaysAgo - 1),
    topics: [0, 1].filter(() => random.chance(0.5)),
    tags: ['customer', 'Fair 2025', 'VIP'].filter(() => random.chance(0.12)),
  };
}

function endedBy(random: SeededRandom): 'person' | 'complaint' | 'admin' {
  const draw = random.next();
  if (draw < 0.75) return 'person';
  return draw < 0.8 ? 'complaint' : 'admin';
}

function birthdate(random: SeededRandom): string {
  const day = Date.UTC(1940, 0, 1) + random.int(65 * 365) * 86_400_000;
  return new Date(day).toISOString().slice(0, 10);
}

function postalAddress(random: SeededRandom, culture: Culture): DemoAddress {
  const { street, ...rest } = random.pick(culture.places);
  return { street: `${street} ${1 + random.int(199)}`, ...rest };
}

function weighted<Item>(random: SeededRandom, items: readonly Item[], weightOf: (item: Item) => number): Item {
  let left = random.next() * items.reduce((sum, item) => sum + weightOf(item), 0);
  for (const item of items) {
    left -= weightOf(item);
    if (left < 0) return item;
  }
  return random.pick(items);
}
