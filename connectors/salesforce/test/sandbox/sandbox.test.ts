import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { open } from './client.ts';

describe('the sandbox itself', () => {
  it('keeps the org in a state file: records, custom fields, hidden fields, tokens, pending commits', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'heed-salesforce-'));
    const stateFile = join(folder, 'salesforce.json');
    try {
      const before = await open({ stateFile });
      before.act('admin/add-field', { type: 'Contact', name: 'Extra__c', fieldType: 'string', externalId: true });
      before.act('admin/hide-field', { type: 'Lead', field: 'HasOptedOutOfEmail' });
      const id = await before.create('Contact', { LastName: 'A', Email: 'a@example.com', Extra__c: 'x' });
      before.act('person/unsubscribe', { id, visibleAfterMs: 60_000 });
      const { accessToken, env } = before.org;
      await before.org.close();
      const after = await open({ stateFile });
      expect([after.org.accessToken, after.org.env]).toEqual([accessToken, env]);
      expect(
        (await after.query("SELECT Id, HasOptedOutOfEmail FROM Contact WHERE Extra__c = 'x'")).body.records,
      ).toMatchObject([{ Id: id, HasOptedOutOfEmail: false }]);
      expect((await after.query('SELECT HasOptedOutOfEmail FROM Lead')).status).toBe(400);
      after.org.clock.advance(60_000);
      expect((await after.call('GET', `/sobjects/Contact/${id}`)).body.HasOptedOutOfEmail).toBe(true);
      expect(await after.create('Contact', { LastName: 'B' })).not.toBe(id);
      await after.org.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('--demo has people of both kinds, shared addresses, opt-outs, bounces, a campaign, and is the same each time', async () => {
    const client = await open({ demo: true });
    try {
      const count = async (from: string) =>
        (await client.query(`SELECT COUNT() FROM ${from}`)).body.totalSize as number;
      const contacts = await count('Contact');
      expect(contacts).toBeGreaterThan(1500);
      expect(await count('Lead')).toBeGreaterThan(500);
      expect(await count('Contact WHERE HasOptedOutOfEmail = true')).toBeGreaterThan(50);
      expect(await count('Contact WHERE EmailBouncedDate != null')).toBeGreaterThan(10);
      expect(await count('Contact WHERE Email = null')).toBeGreaterThan(10);
      expect(client.org.campaign).toMatch(/^701/);
      expect(await count(`CampaignMember WHERE CampaignId = '${client.org.campaign}'`)).toBeGreaterThan(300);
      const rows = [...client.org.state().needTable('Contact').rows()];
      const addresses = rows.map((row) => row.Email).filter((email) => email !== null);
      expect(new Set(addresses).size).toBeLessThan(addresses.length);
      expect(rows.some((row) => /[^\p{ASCII}]/u.test(String(row.LastName)))).toBe(true);
      const again = await open({ demo: true });
      expect([...again.org.state().needTable('Contact').rows()]).toEqual(rows);
      await again.org.close();
    } finally {
      await client.org.close();
    }
  });

  it('a reset gives the same keys and an empty org', async () => {
    const client = await open();
    const { accessToken } = client.org;
    await client.create('Contact', { LastName: 'A' });
    await fetch(`${client.org.url}/__sandbox/reset`, { method: 'POST' });
    expect(client.org.accessToken).toBe(accessToken);
    expect((await client.query('SELECT COUNT() FROM Contact')).body.totalSize).toBe(0);
    await client.org.close();
  });

  it('logs each call with the records it touched', async () => {
    const client = await open();
    const id = await client.create('Contact', { LastName: 'A' });
    await client.query('SELECT Id FROM Contact');
    expect(client.org.calls().map((call) => [call.method, call.status, call.touched])).toEqual([
      ['POST', 201, [id]],
      ['GET', 200, [id]],
    ]);
    await client.org.close();
  });

  it('reads a window and an address of 100,000 records without touching the others', async () => {
    const client = await open({ clock: { now: () => Date.parse('2026-03-01T12:00:00Z') } });
    const org = client.org.state();
    const contacts = org.needTable('Contact');
    let read = 0;
    for (let i = 0; i < 100_000; i += 1) {
      const id = `003${String(i).padStart(12, '0')}AAA`;
      const SystemModstamp = `2026-01-${String(1 + Math.floor(i / 5000)).padStart(2, '0')}T00:00:00.000+0000`;
      const row = { Id: id, IsDeleted: false, Email: `p${i}@example.com`, SystemModstamp };
      const get = (): string => {
        read += 1;
        return 'N';
      };
      contacts.put(Object.defineProperty({ ...row }, 'LastName', { enumerable: true, get }));
    }
    const window = "LastName = 'N' AND SystemModstamp >= 2026-01-20T00:00:00Z";
    const page = await client.query(`SELECT Id FROM Contact WHERE ${window} ORDER BY SystemModstamp, Id`);
    expect([page.body.totalSize, read]).toEqual([5000, 5000]);
    read = 0;
    const found = await client.query(
      "SELECT Id FROM Contact WHERE LastName = 'N' AND Email IN ('P77@example.com', 'x@example.com')",
    );
    expect([found.body.totalSize, read]).toEqual([1, 1]);
    await client.org.close();
  });
});
