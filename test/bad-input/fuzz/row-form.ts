import { ConnectorError, type Outcome, type Row } from '@heed/contract';

const STATUSES = ['subscribed', 'unsubscribed', 'pending', 'non-subscribed', 'undeliverable', 'archived'];
const ACTORS = ['person', 'operator', 'system', 'unknown'];
const LIVES = ['live', 'deleted', 'continued'];
/** What `Date` can hold. */
const LAST_MOMENT = 8.64e15;

const isMoment = (value: unknown): boolean =>
  value === null || (typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= LAST_MOMENT);
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);

const isFieldValue = (value: unknown): boolean => {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return value !== '';
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string');
  return typeof value === 'object' && Object.values(value).every((one) => typeof one === 'string');
};

/** What in a row is not as the contract says; empty for a right one. */
export const faultsOf = (row: Row): readonly string[] => {
  const { record, life, member } = row;
  const wrong: (string | false)[] = [
    !(isText(record.type) && isText(record.id)) && 'record',
    !isTextOrNull(row.email) && 'email',
    !isMoment(row.modifiedAt) && 'modifiedAt',
    !LIVES.includes(life.kind) && 'life',
    life.kind === 'continued' && !(isText(life.as.type) && isText(life.as.id)) && 'heir',
    !isTextOrNull(row.reference) && 'reference',
    !isTextOrNull(row.version) && 'version',
    ...Object.entries(row.values).map(([name, value]) => !isFieldValue(value) && `value of ${name}`),
    row.lists !== null && !row.lists.every(isText) && 'lists',
  ];
  if (member !== null)
    wrong.push(
      !STATUSES.includes(member.status) && 'status',
      !ACTORS.includes(member.by) && 'by',
      typeof member.complaint !== 'boolean' && 'complaint',
      !isMoment(member.since) && 'since',
      member.optIn !== null && !(typeof member.optIn.at === 'number' && isMoment(member.optIn.at)) && 'opt-in',
      !Object.values(member.topics).every((one) => one === 'opted-in' || one === 'opted-out') && 'topics',
    );
  return wrong.filter((one) => one !== false);
};

/** An outcome is of an op that was given; one that something was done names a record. */
export const faultOfOutcome = (outcome: Outcome): readonly string[] => {
  if ('refusal' in outcome) return isText(outcome.refusal.code) && isText(outcome.refusal.message) ? [] : ['refusal'];
  const ref = outcome.record !== null && !isText(outcome.record.id) ? ['record of the outcome'] : [];
  return [...ref, ...(outcome.row === null ? [] : faultsOf(outcome.row))];
};

/** Every address and name that the recorded people have contains it. */
export const CANARY = 'kanari';

/** Throws unless it is the one error that a connector may throw, without a word about a person. */
export const requireHarmless = (error: unknown): ConnectorError => {
  if (!(error instanceof ConnectorError)) throw error;
  const shown = JSON.stringify([error.message, error.details]);
  if (shown.includes(CANARY) || /[^\s"]@[^\s"]/.test(shown)) throw new Error(`a person in an error: ${shown}`);
  return error;
};
