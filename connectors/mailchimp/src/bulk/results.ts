import { ConnectorError, type Millis, type Op, type OpId, type Outcome } from '@heed/contract';
import { done, failed, readJson, recordOf, rejected } from '@heed/toolkit';
import { errorOf } from '../errors.ts';
import { memberRef } from '../member.ts';
import { noSuchField } from '../merge-values.ts';
import { isMember } from '../wire.ts';
import { swallowedIn } from '../writes/outcomes.ts';

/** The outcomes that the files of an archive tell, as they are read; the answers themselves are not kept. */
export interface Results {
  /** Takes a file; one that nobody understands tells nothing. */
  take(text: string): void;
  /** Whether anything in it was about one of the ops. */
  readonly areOurs: boolean;
  /** One outcome per op; what no file mentions is unknown. */
  outcomes(): readonly Outcome[];
}

/** `at`: when all of it was done at the latest, vendor's clock. */
export const createResults = (ops: readonly Op[], at: Millis): Results => {
  const byId = new Map(ops.map((op) => [op.id, op]));
  const told = new Map<OpId, { readonly status: number; readonly outcome: Outcome }>();
  const takeRow = (row: unknown): void => {
    const { operation_id: id, status_code: status, response } = recordOf(row);
    const op = typeof id === 'string' ? byId.get(id) : undefined;
    if (op === undefined || typeof status !== 'number') return;
    const before = told.get(op.id);
    if (before === undefined) told.set(op.id, { status, outcome: outcomeOf(op, status, parsed(response), at) });
    // Told twice is told once; two different answers are none.
    else if (before.status !== status) told.set(op.id, { status: Number.NaN, outcome: failed(op.id, contradiction()) });
  };
  return {
    take(text) {
      const rows = readJson(text);
      if (Array.isArray(rows)) for (const row of rows) takeRow(row);
    },
    get areOurs() {
      return told.size > 0;
    },
    outcomes: () => ops.map((op) => told.get(op.id)?.outcome ?? failed(op.id, lostResult())),
  };
};

/**
 * One answer inside an archive means what it means outside of one. It is no row to read, though: it was true when the
 * operation ran, and who takes it for the present would see a member subscribed who has left since.
 */
const outcomeOf = (op: Op, status: number, body: unknown, at: Millis): Outcome => {
  if (op.kind !== 'patch') return failed(op.id, lostResult());
  if (!(status >= 200 && status < 300)) {
    const answer = { status, contentType: 'application/json', retryAfter: null, date: null, body };
    return failed(op.id, errorOf('patch member', { kind: 'answer', ...answer }));
  }
  if (!isMember(body) || body.id !== op.record.id) return failed(op.id, notAMember());
  const swallowed = swallowedIn(body, Object.keys(op.fields));
  if (swallowed !== null) return rejected(op.id, noSuchField(swallowed));
  return done(op.id, 'applied', memberRef(op.record.id), at);
};

/** An answer is a text of JSON within the JSON of its row. (spec) */
const parsed = (answer: unknown): unknown => (typeof answer === 'string' ? readJson(answer) : answer);

const inDoubt = (message: string): ConnectorError => new ConnectorError('protocol', message, { mayHaveApplied: true });

export const lostResult = (): ConnectorError => inDoubt('batch results: what became of this change is not among them');
const contradiction = (): ConnectorError => inDoubt('batch results: two different answers for this change');
const notAMember = (): ConnectorError => inDoubt("patch member: Mailchimp's answer is not this member");
