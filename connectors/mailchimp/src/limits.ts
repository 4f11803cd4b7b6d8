import type { RateLimit } from '@heed/contract';

/** Two of Mailchimp's ten are left to whatever else uses the same key. */
export const CONNECTIONS = 8;

export const LIMITS: readonly RateLimit[] = [
  {
    kind: 'concurrent',
    max: CONNECTIONS,
    source:
      '10 simultaneous connections per API user or key, more are answered 429 (Marketing API, "Throttling"); there is no other documented limit',
  },
];
