import { seededRandom } from '@heed/sandbox';

const FIRST = ['Ada', 'Björn', 'Chloé', 'Dmitri', 'Esra', 'Femi', 'Grace', 'Hiroshi', 'Inés', 'João', 'Kateřina'];
const LAST = ['Ákos', 'Brown', 'Castillo', 'Dubois', 'Eriksen', 'Fischer', 'García', 'Haddad', 'Ito', 'Jansen'];
const TITLE = ['Buyer', 'Head of Sales', 'Owner', 'Engineer', 'Office Manager', 'Accountant'];

/** One in fifty is opted out in the CRM from the beginning, and never becomes a member. */
const OPTED_OUT_EVERY = 50;

/** One made-up person of the benchmark. */
export interface Person {
  readonly firstName: string;
  readonly lastName: string;
  readonly title: string;
  readonly phone: string;
  readonly email: string;
  readonly optedOut: boolean;
}

/** The person with this number: the same for the same seed, whatever the size of the audience. */
export const person = (seed: number, index: number): Person => {
  const random = seededRandom(seed, `bench ${index}`);
  return {
    firstName: random.pick(FIRST),
    lastName: random.pick(LAST),
    title: random.pick(TITLE),
    phone: `+49 30 ${random.text(7, '0123456789')}`,
    email: `person.${index}@bench.example.org`,
    optedOut: isOptedOut(index),
  };
};

const isOptedOut = (index: number): boolean => index % OPTED_OUT_EVERY === OPTED_OUT_EVERY - 1;

/** How many of the first `contacts` people are opted out from the beginning. */
export const optedOutAmong = (contacts: number): number => Math.floor(contacts / OPTED_OUT_EVERY);
