import type { SwitchDeclaration } from '@heed/sandbox';
import { bulkSwitches } from './bulk-switches.ts';

/** Settings of an org, and behaviours that no source confirms ([UNV] in the notes). */
export const switches = {
  ...bulkSwitches,
  passwordFlow: {
    default: 'blocked',
    values: ['blocked', 'allowed'],
    about: 'The username-password flow: blocked in orgs created Summer 23 or later',
  },
  rotateRefreshTokens: { default: false, about: 'Each refresh answers a new refresh token and ends the old one' },
  tokenLifetimeMs: { default: 7_200_000, about: 'How long an access token from the token endpoint lives' },
  tokenCharacters: {
    default: 112,
    about: 'How long an access token is; those that are JWTs have up to some 2,000 [UNV]',
  },
  refreshTakesMs: { default: 0, about: 'How long a refresh runs; a second one with the same token meanwhile fails' },
  loginHost: {
    default: 'my-domain',
    values: ['my-domain', 'login'],
    about: 'What this host is: on the login host, client credentials are refused',
  },
  unauthorized: {
    default: 'off',
    values: ['off', 'forever', 'agent', 'rest'],
    about:
      'Every call is a 401: with INVALID_SESSION_ID even after a refresh, or with one of the bodies that forbid a refresh',
  },
  pageSize: { default: 2000, about: 'Records per page of a query' },
  minimumBatchSize: { default: 200, about: 'Smallest Sforce-Query-Options batchSize that is honoured [UNV]' },
  locatorLifetimeMs: { default: 900_000, about: 'How long an unused query locator stays good [UNV]' },
  openLocators: { default: 10, about: 'Locators one user may have open; the oldest ends when there are more' },
  nullsIn: {
    default: 'not-equal-matches',
    values: ['not-equal-matches', 'unknown'],
    about: 'Whether != and NOT IN match rows where the field is empty, or are unknown for them [UNV]',
  },
  lowercaseEmails: { default: true, about: 'Values of e-mail fields are stored in lower case' },
  choiceOrder: {
    default: 'as-written',
    values: ['as-written', 'as-defined'],
    about: 'The order in which a multi-select picklist answers its values [UNV]',
  },
  unknownFieldInCollection: {
    default: 'call',
    values: ['call', 'record'],
    about: 'Whether a field that does not exist fails the whole collection call or its record [UNV]',
  },
  dailyApiRequests: { default: 15_000, about: 'Calls in 24 hours; 15,000 is a Developer Edition org' },
  lockEveryNth: { default: 0, about: 'Every nth written record fails with UNABLE_TO_LOCK_ROW; 0 is never' },
  duplicateRule: {
    default: 'off',
    values: ['off', 'alert', 'block'],
    about:
      'A duplicate rule on the e-mail address; alert mode gives way to Sforce-Duplicate-Rule-Header: allowSave=true',
  },
  bounceManagement: { default: true, about: 'Whether the platform records bounces on people' },
  fieldHistory: { default: false, about: 'History tracking of HasOptedOutOfEmail on Contact and Lead' },
  personAccounts: { default: false, about: 'Person accounts are enabled' },
  shadowContactWrites: {
    default: 'refused',
    values: ['refused', 'accepted'],
    about: 'Whether the Contact of a person account can be written directly [UNV]',
  },
  conversionCarriesOptOut: {
    default: false,
    about: 'Whether converting a lead sets the opt-out on a contact that already exists [UNV]',
  },
  consentStatusName: { default: 'status', about: 'The name of the write parameter of the Consent API [UNV]' },
  memberFollowsPerson: {
    default: false,
    about: "Whether a campaign member's SystemModstamp moves when the person's opt-out does [UNV]",
  },
} as const satisfies Readonly<Record<string, SwitchDeclaration>>;
