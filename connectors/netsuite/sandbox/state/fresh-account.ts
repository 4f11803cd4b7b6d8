import { createECDH, createPrivateKey, createPublicKey } from 'node:crypto';
import type { SeededRandom, Setting } from '@heed/sandbox';
import { STUB_RESTLET } from '../restlet/stub.ts';
import { RECORDS } from '../schema/records.ts';
import type { Account, Credentials } from './account.ts';
import { Table } from './table.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** customerStatus as a new account has them; a new customer is "Closed Won". */
const STATUSES = [
  ['6', 'LEAD-Unqualified', 'Lead'],
  ['7', 'LEAD-Qualified', 'Lead'],
  ['8', 'PROSPECT-In Discussion', 'Prospect'],
  ['10', 'PROSPECT-Proposal', 'Prospect'],
  ['13', 'CUSTOMER-Closed Won', 'Customer'],
  ['15', 'CUSTOMER-Renewal', 'Customer'],
] as const;

/** A new account without people: its lists, two subscription categories, a RESTlet, and keys of every kind. */
export function freshAccount({ random }: Setting): Account {
  const tables = new Map(RECORDS.map((record) => [record.name.toLowerCase(), new Table(record)]));
  for (const [id, name, stage] of STATUSES) {
    tables.get('customerstatus')?.put({ id, name, stage, isInactive: false });
  }
  tables.get('subsidiary')?.put({ id: '1', name: 'Parent Company', isInactive: false });
  tables.get('customercategory')?.put({ id: '1', name: 'Corporate', isInactive: false });
  tables.get('customercategory')?.put({ id: '2', name: 'Individual', isInactive: false });
  tables.get('campaignsubscription')?.put({ id: '1', name: 'Newsletter', isInactive: false });
  tables.get('campaignsubscription')?.put({ id: '2', name: 'Events', isInactive: false });
  return {
    accountId: '7654321_SB1',
    credentials: freshCredentials(random),
    tables,
    fieldChanges: [],
    subscriptions: new Map(),
    groupMembers: [],
    groupQueries: new Map(),
    deleted: [],
    withTransactions: new Set(),
    bounced: new Map(),
    savedSearches: [],
    datasets: [],
    deployments: [{ script: 'customscript_stub_search', deploy: 'customdeploy_stub_search', source: STUB_RESTLET }],
    jobs: new Map(),
    tokens: new Map(),
    nonces: new Set(),
    permissions: { rest: true, workbook: true, administrator: false, records: new Map() },
    loginAudit: [],
    lastEntityId: 100,
    lastListId: 100,
    lastJobId: 0,
    queries: 0,
  };
}

function freshCredentials(random: SeededRandom): Credentials {
  const privateKey = keyFrom(random);
  return {
    clientId: random.hex(64),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificates: [
      {
        id: random.text(43, LETTERS),
        publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
      },
    ],
    consumerKey: random.hex(64),
    consumerSecret: random.hex(64),
    tokenId: random.hex(64),
    tokenSecret: random.hex(64),
    accessToken: newAccessToken(random),
  };
}

/** The form of a JWT: what it says is nobody's business but the vendor's. */
export function newAccessToken(random: SeededRandom): string {
  const header = Buffer.from(JSON.stringify({ alg: 'RS256', typ: 'JWT' })).toString('base64url');
  return `${header}.${random.text(180, LETTERS)}.${random.text(171, LETTERS)}`;
}

/** A P-256 key that is the same for the same seed. */
function keyFrom(random: SeededRandom): ReturnType<typeof createPrivateKey> {
  const secret = Buffer.from(`00${random.hex(62)}`, 'hex'); // below the order of the curve
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(secret);
  const point = curve.getPublicKey(); // 04, x, y
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: secret.toString('base64url'),
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  return createPrivateKey({ key: jwk, format: 'jwk' });
}
