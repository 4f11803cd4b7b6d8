import { ConnectorError, type ErrorKind } from '@heed/contract';
import { answerOr, isOfKind } from '@heed/toolkit';
import { expect, it } from 'vitest';

const failing = async (kind: ErrorKind): Promise<string> => {
  throw new ConnectorError(kind, kind);
};

it('an expected failure is an answer, any other stays a failure', async () => {
  expect(await answerOr(Promise.resolve('there'), ['missing'], null)).toBe('there');
  expect(await answerOr(failing('missing'), ['forbidden', 'missing'], null)).toBe(null);
  await expect(answerOr(failing('unavailable'), ['missing'], null)).rejects.toMatchObject({ kind: 'unavailable' });
});

it('a mistake of our own is of no kind', async () => {
  const mistake = Object.assign(new TypeError('ours'), { kind: 'missing' });
  expect(isOfKind(mistake, 'missing')).toBe(false);
  await expect(answerOr(Promise.reject(mistake), ['missing'], null)).rejects.toBe(mistake);
});
