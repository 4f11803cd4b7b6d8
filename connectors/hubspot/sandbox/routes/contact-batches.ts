import { ApiError, invalid, noSuchContact } from '../portal/api-error.ts';
import type { Contact } from '../portal/contact-book.ts';
import { archive } from '../portal/contact-life.ts';
import { plannedCreation, plannedUpdate } from '../portal/contact-write.ts';
import { batchAnswer, carriedOutEach, carriedOutWhole, inputsOf, refuseDuplicates, type Write } from './batch.ts';
import { contactMeant, shownContact, writtenContact } from './contact-shape.ts';
import { propertiesIn, READ, WRITE } from './contacts.ts';
import { bodyOf, type PortalExchange, type PortalRoute, route, textIn, textsIn } from './route.ts';

/** Contacts up to a hundred at a time, below `base`. */
export function contactBatchRoutes(base: string): readonly PortalRoute[] {
  return [
    route('POST', `${base}/batch/read`, readMany, READ),
    route('POST', `${base}/batch/create`, (exchange) => writeMany(exchange, creation, 201), WRITE),
    route('POST', `${base}/batch/update`, (exchange) => writeMany(exchange, update, 200), WRITE),
    route('POST', `${base}/batch/upsert`, (exchange) => writeMany(exchange, upsert, 200), WRITE),
    route('POST', `${base}/batch/archive`, archiveMany, WRITE),
  ];
}

/** "200, or 207 with `errors` for missing ids" */
function readMany(exchange: PortalExchange): object {
  const { world } = exchange;
  const body = bodyOf(exchange);
  const history = textsIn(body, 'propertiesWithHistory');
  const inputs = inputsOf(body, history.length === 0 ? undefined : Number(world.switches.get('historyPageLimit')));
  const idProperty = textIn(body, 'idProperty');
  const archived = exchange.query.get('archived') === 'true';
  const wanted = { properties: textsIn(body, 'properties'), history };
  const startedAtMs = world.clock.now();
  const missing: string[] = [];
  const seen = new Map<string, Contact>();
  for (const input of inputs) {
    const id = textIn(input, 'id') ?? '';
    const contact = contactMeant(world, id, idProperty, archived);
    if (contact === undefined) missing.push(id);
    else seen.set(contact.id, contact);
  }
  exchange.touch(...seen.keys());
  const errors =
    missing.length === 0
      ? []
      : [
          {
            status: 'error',
            category: 'OBJECT_NOT_FOUND',
            message: 'Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.',
            context: { ids: missing },
          },
        ];
  const results = [...seen.values()].map((contact) => shownContact(world.state, contact, wanted));
  return batchAnswer(exchange, { results, errors, startedAtMs }, 200);
}

const creation: Write = (world, input) => {
  const given = propertiesIn(input);
  const carryOut = plannedCreation(world, given, 'INTEGRATION');
  return () => writtenContact(world.state, carryOut(), Object.keys(given));
};

const update: Write = (world, input) => {
  const id = textIn(input, 'id') ?? '';
  const given = propertiesIn(input);
  const before = contactMeant(world, id, textIn(input, 'idProperty'));
  if (before === undefined) {
    throw new ApiError(404, 'OBJECT_NOT_FOUND', noSuchContact(id).message, { context: { ids: [id] } });
  }
  const carryOut = plannedUpdate(world, before, given, 'INTEGRATION');
  return () => writtenContact(world.state, carryOut(), Object.keys(given));
};

const upsert: Write = (world, input) => {
  const id = textIn(input, 'id') ?? '';
  const key = textIn(input, 'idProperty')?.toLowerCase() ?? '';
  if (key !== 'email' && !world.state.contacts.uniqueNames.has(key)) {
    throw invalid(`Property '${key}' is not a unique property and cannot be used as idProperty`);
  }
  const given = propertiesIn(input);
  const before = world.state.contacts.byUnique(key, id);
  const carryOut =
    before === undefined
      ? plannedCreation(world, { [key]: id, ...given }, 'INTEGRATION')
      : plannedUpdate(world, before, given, 'INTEGRATION');
  return () => ({
    ...writtenContact(world.state, carryOut(), [key, ...Object.keys(given)]),
    new: before === undefined,
  });
};

/**
 * "207 with partial success only when every input carries a unique objectWriteTraceId … Without it one bad row fails the
 * whole batch with 400." "Partial upserts are not supported when using email as idProperty": all or nothing, as we read it.
 */
function writeMany(exchange: PortalExchange, write: Write, status: number): object {
  const { world } = exchange;
  const inputs = inputsOf(bodyOf(exchange));
  refuseDuplicates(exchange, inputs);
  const traces = inputs.map((input) => textIn(input, 'objectWriteTraceId'));
  const traced = traces.every((one) => one !== undefined) && new Set(traces).size === traces.length;
  const byEmail = write === upsert && inputs.some((input) => textIn(input, 'idProperty')?.toLowerCase() === 'email');
  const partial = traced && (!byEmail || world.switches.isOn('partialEmailUpserts'));
  return (partial ? carriedOutEach : carriedOutWhole)(exchange, inputs, write, status);
}

function archiveMany(exchange: PortalExchange): undefined {
  for (const input of inputsOf(bodyOf(exchange))) {
    const contact = contactMeant(exchange.world, textIn(input, 'id') ?? '', undefined);
    if (contact === undefined) continue;
    exchange.touch(contact.id);
    archive(exchange.world, contact);
  }
  return undefined;
}
