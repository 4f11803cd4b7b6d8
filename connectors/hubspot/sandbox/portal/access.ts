import type { SeededRandom } from '@heed/sandbox';

/** Who may call, and with what. */
export interface Access {
  /** The static token of a private app, or a service key. */
  readonly staticToken: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  /** Of the developer who owns the app: for its webhooks. */
  readonly developerKey: string;
  /** Access tokens of the OAuth app. */
  readonly tokens: Record<string, AccessToken>;
  /** Refresh tokens that work. */
  readonly refreshTokens: Record<string, { readonly scopes: readonly string[] }>;
  /** Authorization codes that nobody has used. */
  readonly codes: Record<string, { readonly scopes: readonly string[]; readonly expiresAtMs: number }>;
  /** Static tokens that were revoked, or declared expired by a fault. */
  readonly revoked: string[];
  /** What the static token may do. */
  scopes: readonly string[];
}

interface AccessToken {
  readonly expiresAtMs: number;
  readonly scopes: readonly string[];
}

/** Everything a sync of contacts and opt-outs can ask for; the batch scopes work on one plan only. */
export const ALL_SCOPES: readonly string[] = [
  'oauth',
  'crm.objects.contacts.read',
  'crm.objects.contacts.write',
  'crm.schemas.contacts.read',
  'crm.schemas.contacts.write',
  'crm.lists.read',
  'crm.lists.write',
  'crm.import',
  'communication_preferences.read',
  'communication_preferences.write',
  'communication_preferences.read_write',
  'communication_preferences.statuses.batch.read',
  'communication_preferences.statuses.batch.write',
];

const HEX = '0123456789abcdef';

function uuid(random: SeededRandom): string {
  return [8, 4, 4, 4, 12].map((length) => random.text(length, HEX)).join('-');
}

export function freshAccess(random: SeededRandom): Access {
  return {
    staticToken: `pat-na1-${uuid(random)}`,
    clientId: uuid(random),
    clientSecret: uuid(random),
    redirectUri: 'http://localhost/oauth-callback',
    developerKey: uuid(random),
    tokens: {},
    refreshTokens: { [`na1-${uuid(random)}`]: { scopes: ALL_SCOPES } },
    codes: {},
    revoked: [],
    scopes: ALL_SCOPES,
  };
}

export function freshRefreshToken(random: SeededRandom): string {
  return `na1-${uuid(random)}`;
}

/** "may be 300 characters" */
export function freshAccessToken(random: SeededRandom): string {
  return `C${random.text(299, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-')}`;
}
