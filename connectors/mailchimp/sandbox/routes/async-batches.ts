import type { Route } from '@heed/sandbox';
import type { Account } from '../account.ts';
import type { AsyncBatch } from '../batches/async-batch.ts';
import { freshLink } from '../batches/links.ts';
import { finishedMs, statusOf } from '../batches/progress.ts';
import { resultHostOf } from '../batches/result-host.ts';
import { submitted } from '../batches/submission.ts';
import { notFound } from '../problem.ts';
import { bodyOf, fromWire, type MailchimpCall, page, route, selfLink } from '../route.ts';
import { iso, secondsOf } from '../time.ts';

const LIST = '/batches';
const ONE = '/batches/{batch}';

/** Asynchronous operations. They cannot be nested, so these routes are none of `apiRoutes`. */
export const asyncBatchRoutes: readonly Route<Account>[] = [
  withHost('GET', LIST, (call, host) => {
    const oldestFirst = call.world.state.batches.filter(({ fate }) => fate.lost !== true);
    const found = call.world.switches.isOn('asyncNewestFirst') ? oldestFirst.toReversed() : oldestFirst;
    return {
      batches: page(call, found).map((batch) => batchBody(call, batch, host)),
      total_items: found.length,
      _links: selfLink(call, LIST),
    };
  }),
  withHost('POST', LIST, (call, host) => {
    const batch = submitted(call, bodyOf(call));
    call.world.state.batches.push(batch);
    call.touch(batch.id);
    return batchBody(call, batch, host);
  }),
  withHost('GET', ONE, (call, host) => batchBody(call, batchOf(call), host)),
  // "Stops a batch request from running ... The results of any completed operations will not be available after this call." (spec)
  route('DELETE', ONE, (call) => {
    const { batches } = call.world.state;
    batches.splice(batches.indexOf(batchOf(call)), 1);
    return undefined;
  }),
];

/** A route that may have to name the host of the results. */
function withHost(
  method: string,
  path: string,
  documentOf: (call: MailchimpCall, host: string) => object,
): Route<Account> {
  return {
    method,
    path: `/3.0${path}`,
    handle: async (exchange) => {
      const host = await resultHostOf(exchange);
      return route(method, path, (call) => documentOf(call, host)).answer(fromWire(exchange));
    },
  };
}

function batchOf(call: MailchimpCall): AsyncBatch {
  const batch = call.world.state.batches.find(({ id, fate }) => id === call.params.batch && fate.lost !== true);
  if (batch === undefined) throw notFound();
  call.touch(batch.id);
  return batch;
}

function batchBody(call: MailchimpCall, batch: AsyncBatch, host: string): object {
  const status = statusOf(batch, call.world.clock.now());
  const isCounted = status !== 'pending' || call.world.switches.isOn('asyncTotalWhilePending');
  return {
    id: batch.id,
    status,
    total_operations: isCounted ? batch.total : 0,
    finished_operations: batch.done,
    errored_operations: batch.errored,
    submitted_at: iso(secondsOf(batch.submittedMs)),
    completed_at: status === 'finished' ? iso(secondsOf(finishedMs(batch))) : '',
    response_body_url: status === 'finished' ? freshLink(call, batch, host) : '',
    _links: selfLink(call, `/batches/${batch.id}`),
  };
}
