import type { Recorded } from './recorded.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly body?: string;
}

/** The operations of an asynchronous batch as the calls that they stand for; none for any other call. */
export function operationsIn(call: Recorded): readonly Recorded[] {
  if (call.method !== 'POST' || call.path !== '/batches') return [];
  const { operations } = JSON.parse(call.sent) as { readonly operations: readonly Operation[] };
  return operations.map(({ method, path, params = {}, body = '' }) => {
    const [plain = '', given = ''] = path.split('?');
    const query = new URLSearchParams(given);
    for (const [name, value] of Object.entries(params)) query.set(name, String(value));
    return { ...call, method, path: plain.startsWith('/') ? plain : `/${plain}`, query, sent: body };
  });
}
