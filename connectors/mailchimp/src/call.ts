import { type CallSpec, ConnectorError, type Tools } from '@heed/contract';
import type { HttpRequest, Send } from './sdk.ts';

/** One call of the API under the account's limits, repeated where that does no harm. `sending` is told of every try, and forbids it by throwing. */
export type Call = (request: HttpRequest, signal: AbortSignal, sending?: () => void) => Promise<unknown>;

export const createCall =
  (send: Send, tools: Tools): Call =>
  async (request, signal, sending = () => {}) => {
    const spec = specOf(request, signal);
    try {
      return await tools.call(spec, async (within) => {
        sending();
        return send(request, within);
      });
    } catch (error) {
      throw spec.kind === 'read' ? withoutEffect(error) : error;
    }
  };

/** PUT, PATCH, DELETE and tagging can be sent twice; a batch sent twice would find its own members existing. */
const specOf = ({ name, method, path }: HttpRequest, signal: AbortSignal): CallSpec => ({
  name,
  kind: method === 'GET' ? 'read' : 'write',
  repeatable: method !== 'POST' || path.endsWith('/tags'),
  signal,
});

/** A write that a look before it kept from being sent is not in doubt. */
const withoutEffect = (error: unknown): unknown =>
  error instanceof ConnectorError && error.details.mayHaveApplied === true
    ? new ConnectorError(error.kind, error.message, { ...error.details, mayHaveApplied: false })
    : error;
