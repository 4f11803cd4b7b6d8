import type { Row, Session } from '@heed/contract';
import { expect, test } from 'vitest';
import { callsTo, columns, emails, make, never, open, useSandbox } from './kit.ts';

const sandbox = useSandbox();
const SETTLED_MS = 60_000;
const COMMITTED_LATE_MS = 20_000;

const look = async (session: Session, since: number, types = ['Contact']): Promise<readonly Row[]> => {
  const { optOutsSince } = session;
  if (optOutsSince === null) throw new Error('there is a look');
  const rows: Row[] = [];
  for await (const some of optOutsSince({ ...columns({ types }), since }, never)) rows.push(...some);
  return rows;
};
const tick = (name: string): string =>
  make(sandbox(), 'Contact', { Email: `${name}@example.org`, HasOptedOutOfEmail: true });

test('C21 a look for opt-outs is one call a type, and does not bring those of before, or people who changed only', async () => {
  const { session } = open(sandbox());
  await look(session, session.now(), ['Contact', 'Lead']); // signs in, asks for the fields
  tick('before');
  make(sandbox(), 'Contact', { Email: 'changed@example.org' });
  sandbox().clock.advance(SETTLED_MS);
  const since = session.now();
  tick('after');
  make(sandbox(), 'Contact', { Email: 'changed-later@example.org' });
  make(sandbox(), 'Lead', { Email: 'lead@example.org', HasOptedOutOfEmail: true });
  const from = callsTo(sandbox()).length;
  const rows = await look(session, since, ['Contact', 'Lead']);
  expect(emails(rows)).toEqual(['after@example.org', 'lead@example.org']);
  expect(callsTo(sandbox()).slice(from)).toEqual(['GET /queryAll', 'GET /queryAll']);
});

test('C21 a look for opt-outs finds what was committed some seconds late, and who was deleted since', async () => {
  const { session } = open(sandbox());
  await look(session, session.now());
  tick('late');
  const deleted = tick('deleted');
  sandbox().clock.advance(COMMITTED_LATE_MS);
  const since = session.now();
  sandbox().act('admin/delete', { id: deleted });
  expect(emails(await look(session, since))).toEqual(['deleted@example.org', 'late@example.org']);
});

test('C18 a look for opt-outs asks nothing of a type whose consent field is hidden', async () => {
  tick('somebody');
  sandbox().act('admin/hide-field', { type: 'Contact', field: 'HasOptedOutOfEmail' });
  const { session } = open(sandbox());
  expect(await look(session, session.now())).toEqual([]);
  expect(callsTo(sandbox()).filter((call) => call.includes('queryAll'))).toEqual([]);
});
