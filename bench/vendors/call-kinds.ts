/** A call as a stand-in logs it. */
export type SeenCall = { readonly method: string; readonly path: string };

/** `GET /queryAll Contact (changes)`: what a query is for shows in its conditions. */
export const salesforceCall = ({ method, path }: SeenCall): string => {
  const { pathname, searchParams } = new URL(path, 'http://x');
  const short = pathname
    .replace(/^\/services\/data\/v[\d.]+/, '')
    .replace(/\/[a-zA-Z0-9]{15,18}(?=\/|$)/, '/{id}')
    .replace(/^\/query\/.*/, '/query/{locator}')
    .replace(/\/$/, '');
  const soql = searchParams.get('q');
  if (soql === null) return `${method} ${short}`;
  const object = / FROM (\w+)/.exec(soql)?.[1] ?? '?';
  return `${method} ${short} ${object} (${purposeOf(soql)})`;
};

const purposeOf = (soql: string): string => {
  const by = /WHERE .*?(\w+) IN \(/.exec(soql)?.[1];
  if (by === 'Id') return 'by id';
  if (by === 'Email') return 'by address';
  if (soql.includes('FROM Campaign ORDER')) return 'names of lists';
  if (/SystemModstamp >=/.test(soql)) return 'changes';
  return /AND HasOptedOutOfEmail = true|AND \(HasOptedOutOfEmail/.test(soql) ? 'opted out' : 'everybody';
};

/** `GET /members (changes)`, paths below the audience. */
export const mailchimpCall = ({ method, path }: SeenCall): string => {
  const { pathname, searchParams } = new URL(path, 'http://x');
  const short = pathname
    .replace(/^\/3\.0/, '')
    .replace(/^\/lists\/[^/]+(?=\/)/, '')
    .replace(/\/members\/[0-9a-f]{32}/, '/members/{hash}')
    .replace(/^\/batches\/[^/]+/, '/batches/{id}')
    .replace(/\/interest-categories\/[^/]+\/interests/, '/interest-categories/{id}/interests');
  if (/^\/lists\/./.test(short)) return `${method} /lists/{audience}`;
  if (short !== '/members' || method !== 'GET') return `${method} ${short}`;
  const since = searchParams.has('since_last_changed') ? 'changes' : 'everybody';
  const status = searchParams.get('status');
  return `GET /members (${status === 'unsubscribed' ? 'unsubscribed since' : status === 'archived' ? `archived, ${since}` : since})`;
};

/** `POST /objects/contacts/search`: paths below `/crm/v3`; what a search is for stands in its body, which nobody logs. */
export const hubspotCall = ({ method, path }: SeenCall): string => {
  const { pathname } = new URL(path, 'http://x');
  const short = pathname
    .replace(/^\/crm\/(v3|2\d{3}-\d{2})/, '')
    .replace(/\/[^/]*(@|%40)[^/]*(?=\/|$)/, '/{address}')
    .replace(/\/\d+(?=\/|$)/, '/{id}');
  return `${method} ${short}`;
};

/** `POST /suiteql`: what a query is for stands in its body. */
export const netsuiteCall = ({ method, path }: SeenCall): string => {
  const { pathname } = new URL(path, 'http://x');
  const short = pathname
    .replace(/^\/services\/rest\//, '/')
    .replace(/^\/query\/v1/, '')
    .replace(/^\/record\/v1/, '')
    .replace(/\/\d+(?=\/|$)/, '/{id}');
  return `${method} ${short}`;
};

/** Calls that are no `GET` and change nothing. */
const ASKS = [
  /oauth/,
  /^POST .*\/search$/,
  /^POST .*\/batch\/read$/,
  /^POST \/suiteql$/,
  /^POST \/composite\/sobjects\/\w+$/,
];

export const isWrite = (kind: string): boolean => !kind.startsWith('GET ') && !ASKS.some((asks) => asks.test(kind));
