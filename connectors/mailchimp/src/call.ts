import type { CallSpec, Tools } from '@heed/contract';
import type { HttpRequest, Send } from './sdk.ts';

/** One call of the API under the account's limits, repeated where that does no harm. `sending` is told of every try, and forbids it by throwing. */
export type Call = (request: HttpRequest, signal: AbortSignal, sending?: () => void) => Promise<unknown>;

export const createCall =
  (send: Send, tools: Tools): Call =>
  async (request, signal, sending = () => {}) => {
    const spec = specOf(request, signal);
    return tools.call(spec, async (within) => {
      sending();
      return send(request, within);
    });
  };

/** PUT, PATCH, DELETE and tagging can be sent twice; a batch sent twice would find its own members existing. */
const specOf = ({ name, method, path }: HttpRequest, signal: AbortSignal): CallSpec => ({
  name,
  kind: method === 'GET' ? 'read' : 'write',
  repeatable: method !== 'POST' || path.endsWith('/tags'),
  signal,
});
