import type { FaultRule } from '@heed/sandbox';

/** Where a call can go wrong: routes of the vendors, by what Heed does there. */
export const SALESFORCE = {
  'signing in': ['POST /services/oauth2/token'],
  describing: ['GET /services/data/*/sobjects/*/describe'],
  reading: ['GET /services/data/*/queryAll', 'GET /services/data/*/query'],
  writing: ['PATCH /services/data/*/composite/sobjects', 'POST /services/data/*/composite/sobjects'],
} as const;

export const MAILCHIMP = {
  'naming the account': ['GET /3.0/'],
  'naming its fields': ['GET /3.0/lists/*/merge-fields'],
  reading: ['GET /3.0/lists/*/members'],
  'looking at a member': ['GET /3.0/lists/*/members/*'],
  writing: ['PATCH /3.0/lists/*/members/*', 'PUT /3.0/lists/*/members/*', 'POST /3.0/lists/*'],
} as const;

/** The same fault on each of these routes. */
export const on = (routes: readonly string[], rule: FaultRule): readonly FaultRule[] =>
  routes.map((route) => ({ ...rule, route }));
