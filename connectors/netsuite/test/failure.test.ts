import { describe, expect, it } from 'vitest';
import { failureOf } from '../src/failure.ts';

const answer = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers,
  text: typeof body === 'string' ? body : JSON.stringify(body),
});
const nsError = (status: number, code: string, more: Readonly<Record<string, string>> = {}) =>
  answer(status, {
    type: 'about:blank',
    title: 'Bad Request',
    status,
    'o:errorDetails': [{ detail: 'Invalid Field Value ann@example.org', 'o:errorCode': code, ...more }],
  });

describe('what an error of NetSuite means', () => {
  it.each([
    [401, 'INVALID_LOGIN', 'auth'],
    [403, 'INSUFFICIENT_PERMISSION', 'forbidden'],
    [404, 'NONEXISTENT_ID', 'missing'],
    [400, 'INVALID_CONTENT', 'invalid'],
    [400, 'USER_ERROR', 'refused'],
    [400, 'SOMETHING_ELSE', 'invalid'],
    [429, 'CONCURRENCY_LIMIT_EXCEEDED', 'rate-limited'],
    [400, 'SSS_REQUEST_LIMIT_EXCEEDED', 'rate-limited'],
    [500, 'UNEXPECTED_ERROR', 'unavailable'],
    [503, 'INVALID_CONTENT', 'unavailable'],
  ])('%i %s', (status, code, kind) => {
    const error = failureOf('update', nsError(status, code), 0);
    expect(error).toMatchObject({ kind, details: { code, mayHaveApplied: status >= 500 } });
    expect(error.message).not.toContain('ann@');
  });

  it('a page in HTML is judged by its status, and not shown', () => {
    const error = failureOf('query', answer(503, '<html>ann@example.org</html>', { 'retry-after': '7' }), 0);
    expect(error).toMatchObject({ kind: 'unavailable', details: { code: 'HTTP 503', retryAfterMs: 7_000 } });
    expect(error.message).not.toContain('ann@');
  });

  it('names the field, and nothing that has not the form of a code or a field', () => {
    expect(
      failureOf('update', nsError(400, 'INVALID_CONTENT', { 'o:errorPath': 'item.items[0].custentity_x' }), 0),
    ).toMatchObject({
      details: { field: 'custentity_x' },
    });
    const odd = failureOf('update', nsError(400, 'for ann@example.org', { 'o:errorPath': 'ann@example.org' }), 0);
    expect(JSON.stringify([odd.message, odd.details])).not.toContain('ann');
    expect(odd.details.code).toBe('UNKNOWN_CODE');
  });

  it('reads the form of RESTlets', () => {
    const body = { error: { code: 'SSS_MISSING_REQD_ARGUMENT', message: 'x' } };
    expect(failureOf('saved-search', answer(400, body), 0).details.code).toBe('SSS_MISSING_REQD_ARGUMENT');
  });
});
