import { ConnectorError, type Op, type Outcome } from '@heed/contract';
import { createGate, done } from '@heed/toolkit';
import { describe, expect, it } from 'vitest';

const op = (id: string): Op => ({
  kind: 'leave',
  id,
  record: { type: 'contact', id },
  email: `${id}@example.org`,
  how: 'archive',
});
const applied = async (): Promise<Outcome> => done('1', 'applied', null, 0);
const failing = (kind: 'auth' | 'invalid') => async (): Promise<never> => {
  throw new ConnectorError(kind, kind);
};

describe('a gate', () => {
  it('makes outcomes of failures, one for each op that the request concerned', async () => {
    const gate = createGate(['auth']);
    expect(await gate.one(op('1'), applied)).toMatchObject({ result: 'applied' });
    expect(await gate.all([op('1'), op('2')], failing('invalid'))).toMatchObject([
      { op: '1', result: 'rejected', refusal: { kind: 'invalid' } },
      { op: '2', result: 'rejected', refusal: { kind: 'invalid' } },
    ]);
    expect(await gate.one(op('3'), applied)).toMatchObject({ result: 'applied' });
  });

  it('sends nothing more after a failure that closes it', async () => {
    const gate = createGate(['auth']);
    await gate.one(op('1'), failing('auth'));
    let sent = false;
    const sending = async (): Promise<readonly Outcome[]> => {
      sent = true;
      return [];
    };
    expect(await gate.all([op('2')], sending)).toMatchObject([{ op: '2', refusal: { kind: 'auth' } }]);
    expect(sent).toBe(false);
  });
});
