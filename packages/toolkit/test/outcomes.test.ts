import { ConnectorError } from '@heed/contract';
import { effectOf, errorFor, failed, inDoubt, isFailure, refusalOf, rejected, surelyNot } from '@heed/toolkit';
import { describe, expect, it } from 'vitest';

const lost = new ConnectorError('unavailable', 'update: stopped', { code: 'stopped', mayHaveApplied: true });
const refused = new ConnectorError('invalid', 'update: too long', { code: 'TOO_LONG', field: 'Name', forever: true });

describe('what a failed call means for an op', () => {
  it('is unknown where it may have been applied, and rejected where it was not', () => {
    expect([failed('1', lost), failed('2', refused)]).toMatchObject([
      { op: '1', result: 'unknown', refusal: { code: 'stopped', field: null, forever: false } },
      { op: '2', result: 'rejected', refusal: { code: 'TOO_LONG', field: 'Name', forever: true } },
    ]);
  });

  it('is unknown after a mistake of our own, whose text nobody sees', () => {
    const outcome = failed('1', new TypeError('ann@example.org is not a function'));
    expect(outcome).toMatchObject({ result: 'unknown', refusal: { kind: 'protocol' } });
    expect(JSON.stringify(outcome)).not.toContain('ann');
    expect(isFailure(outcome)).toBe(true);
  });

  it('says its kind where the vendor gave no code', () => {
    expect(refusalOf(new ConnectorError('auth', 'no')).code).toBe('auth');
    expect(rejected('1', refusalOf(refused))).toEqual(rejected('1', refused));
  });
});

describe('what is known about the effect of a write', () => {
  it('is said of an error, and nothing else of it changes', () => {
    expect(failed('1', surelyNot(lost))).toMatchObject({ result: 'rejected', refusal: refusalOf(lost) });
    expect(failed('1', inDoubt(refused))).toMatchObject({ result: 'unknown', refusal: refusalOf(refused) });
  });

  it('hides no mistake of our own', () => {
    expect(() => surelyNot(new RangeError('ours'))).toThrow(RangeError);
  });
});

describe('the error for what a vendor refused', () => {
  const meaning = { kind: 'invalid', says: 'the value is too long' } as const;

  it('names the call, what it means, the code and the field', () => {
    const error = errorFor('Acme, update', meaning, 'TOO_LONG', 'Name', effectOf(400, 2_000));
    expect(error.message).toBe('Acme, update: the value is too long (TOO_LONG): Name');
    expect(error.details).toEqual({ code: 'TOO_LONG', field: 'Name', mayHaveApplied: false, retryAfterMs: 2_000 });
    expect(errorFor('Acme, update', meaning, 'TOO_LONG', null, {}).message).toMatch(/\(TOO_LONG\)$/);
  });

  it('leaves open what became of a write behind a gateway that failed or gave up', () => {
    expect([400, 408, 429, 500, 504].map((status) => effectOf(status, undefined).mayHaveApplied)).toEqual([
      false,
      true,
      false,
      true,
      true,
    ]);
  });
});
