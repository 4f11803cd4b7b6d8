import type { Setting } from '@heed/sandbox';
import { personAccountFields } from '../schema/index.ts';
import { makeId } from './ids.ts';
import { Org, type OrgWorld } from './org.ts';
import { toStamp } from './timestamps.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A new org with two users, one client app, and no people. */
export function freshOrg({ random, clock }: Setting): Org {
  const organizationId = makeId('00D', 1 + random.int(1_000_000));
  const org = new Org({
    organizationId,
    credentials: {
      clientId: `3MVG9${random.text(80, letters)}`,
      clientSecret: random.hex(64).toUpperCase(),
      username: 'sync@sandbox.example',
      password: random.text(20, letters),
      accessToken: `${organizationId.slice(0, 15)}!AR8AQ${random.text(90, letters)}`,
      refreshToken: `5Aep861${random.text(80, letters)}`,
      publicKey: undefined,
    },
    // 1 and 2 are the users.
    sequence: 100,
  });
  const { integration, admin } = org.users;
  org.accessTokens.set(org.credentials.accessToken, { userId: integration, expiresAtMs: Number.POSITIVE_INFINITY });
  org.refreshTokens.set(org.credentials.refreshToken, { userId: integration, busyUntilMs: 0 });
  const stamp = toStamp(clock.now());
  for (const [id, name, username] of [
    [integration, 'Integration User', org.credentials.username],
    [admin, 'Ada Admin', 'admin@sandbox.example'],
  ] as const) {
    org.put(org.needTable('User'), {
      Id: id,
      IsDeleted: false,
      Name: name,
      Username: username,
      Email: username,
      IsActive: true,
      CreatedDate: stamp,
      CreatedById: admin,
      LastModifiedDate: stamp,
      LastModifiedById: admin,
      SystemModstamp: stamp,
    });
  }
  return org;
}

/** Person accounts are enabled once and for all; their fields appear with the switch. */
export function settlePersonAccounts(world: OrgWorld): void {
  if (!world.switches.isOn('personAccounts')) return;
  for (const [object, fields] of Object.entries(personAccountFields)) {
    const table = world.state.needTable(object);
    for (const field of fields) if (!table.field(field.name)) table.addField(field);
  }
}
