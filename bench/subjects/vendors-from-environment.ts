/** Where the stand-ins are, for the two loops that Heed is compared with; handed over in the environment. */
export interface Places {
  readonly salesforceUrl: string;
  readonly salesforceToken: string;
  readonly mailchimpUrl: string;
  readonly mailchimpKey: string;
  readonly audience: string;
  /** No more contacts than these. */
  readonly contacts: number;
}

const VARIABLE = 'HEED_BENCH_PLACES';

export const environmentOf = (places: Places): Readonly<Record<string, string>> => ({
  [VARIABLE]: JSON.stringify(places),
});

export const placesFrom = (environment: Readonly<Record<string, string | undefined>>): Places =>
  JSON.parse(environment[VARIABLE] ?? '{}') as Places;
