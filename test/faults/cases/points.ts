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

const CONTACTS = '/crm/v3/objects/contacts';

export const HUBSPOT = {
  'signing in': ['POST /oauth/v3/token'],
  'naming its properties': ['GET /crm/v3/properties/contacts'],
  searching: [`POST ${CONTACTS}/search`],
  'reading the list': ['GET /crm/v3/lists/*/memberships'],
  'reading what is archived': [`GET ${CONTACTS}`],
  reading: [`POST ${CONTACTS}/search`, 'GET /crm/v3/lists/*/memberships', `POST ${CONTACTS}/batch/read`],
  creating: [`POST ${CONTACTS}/batch/create`],
  changing: [`POST ${CONTACTS}/batch/update`],
  'opting out': ['POST /communication-preferences/v4/statuses/*/unsubscribe-all'],
  writing: [
    `POST ${CONTACTS}/batch/create`,
    `POST ${CONTACTS}/batch/update`,
    'PUT /crm/v3/lists/*/memberships/add',
    'POST /communication-preferences/v4/statuses/*/unsubscribe-all',
  ],
} as const;

export const NETSUITE = {
  'signing in': ['POST /services/rest/auth/oauth2/v1/token'],
  'naming its fields': ['GET /services/rest/record/v1/metadata-catalog/*'],
  reading: ['POST /services/rest/query/v1/suiteql'],
  writing: ['PATCH /services/rest/record/v1/*/*', 'POST /services/rest/record/v1/*'],
  'many changes at once': ['PATCH /services/rest/record/v1/*'],
  'looking at a job': ['GET /services/rest/async/v1/job/*'],
} as const;

/** The same fault on each of these routes. */
export const on = (routes: readonly string[], rule: FaultRule): readonly FaultRule[] =>
  routes.map((route) => ({ ...rule, route }));
