import type { ConnectorError, Millis, Refusal } from '@heed/contract';
import {
  effectOf,
  entryOf,
  errorFor,
  isOfKind,
  kindOfStatus,
  type Meaning,
  readJson,
  recordOf,
  redact,
  refusal,
  retryAfterMs,
} from '@heed/toolkit';
import type { SdkAnswer } from './sdk.ts';

/** One error as the vendor tells it. Call-level answers say `errorCode`, rows of collections `statusCode` (notes, 2.1). */
export interface VendorError {
  readonly code: string;
  readonly message: string;
  readonly fields: readonly string[];
}

const BUSY: Meaning = { kind: 'unavailable', says: 'Salesforce was busy with this; it is tried again later' };
const GONE: Meaning = { kind: 'missing', says: 'the record is deleted, merged or converted' };
const VALUE: Meaning = { kind: 'invalid', says: 'Salesforce does not accept the value' };
const HIDDEN: Meaning = {
  kind: 'forbidden',
  says: 'the field does not exist or the integration user may not use it; grant it by a permission set',
};
const NO_ACCESS: Meaning = {
  kind: 'refused',
  says: 'the integration user may not change this record (sharing or lock)',
};
const RULE: Meaning = { kind: 'refused', says: "a rule of the customer's Salesforce forbids it" };

/** Codes as the vendor's WSDL spells them; what each means for one record. */
const OF_RECORDS: Readonly<Record<string, Meaning>> = {
  UNABLE_TO_LOCK_ROW: BUSY,
  SERVER_UNAVAILABLE: BUSY,
  REQUEST_RUNNING_TOO_LONG: BUSY,
  QUERY_TIMEOUT: BUSY,
  REQUIRED_FIELD_MISSING: { kind: 'invalid', says: 'a field that Salesforce requires is missing; map it' },
  INVALID_EMAIL_ADDRESS: { kind: 'invalid', says: 'Salesforce does not take this for an e-mail address' },
  STRING_TOO_LONG: { kind: 'invalid', says: 'the value is longer than the field' },
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: { kind: 'invalid', says: 'the value is not one of the picklist' },
  FIELD_INTEGRITY_EXCEPTION: VALUE,
  NUMBER_OUTSIDE_VALID_RANGE: VALUE,
  INVALID_TYPE_ON_FIELD_IN_RECORD: VALUE,
  JSON_PARSER_ERROR: VALUE,
  FIELD_CUSTOM_VALIDATION_EXCEPTION: { kind: 'refused', says: 'a validation rule of the customer forbids it' },
  FIELD_FILTER_VALIDATION_EXCEPTION: RULE,
  CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY: {
    kind: 'refused',
    says: "a trigger or flow of the customer's Salesforce failed",
  },
  CANNOT_EXECUTE_FLOW_TRIGGER: { kind: 'refused', says: "a flow of the customer's Salesforce failed" },
  DUPLICATE_VALUE: { kind: 'refused', says: 'another record has the same value in a unique field' },
  DUPLICATE_EXTERNAL_ID: {
    kind: 'refused',
    says: 'several records have the same external id; correct it in Salesforce',
  },
  DUPLICATES_DETECTED: { kind: 'refused', says: 'a duplicate rule blocks the record; Salesforce has one like it' },
  ENTITY_IS_DELETED: GONE,
  INVALID_CROSS_REFERENCE_KEY: GONE,
  MALFORMED_ID: GONE,
  NOT_FOUND: GONE,
  CANNOT_UPDATE_CONVERTED_LEAD: GONE,
  ENTITY_IS_LOCKED: NO_ACCESS,
  INSUFFICIENT_ACCESS_OR_READONLY: NO_ACCESS,
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: NO_ACCESS,
  INVALID_PERSON_ACCOUNT_OPERATION: {
    kind: 'refused',
    says: 'the record is a person account, which Heed cannot write yet',
  },
  INVALID_FIELD: HIDDEN,
  INVALID_FIELD_FOR_INSERT_UPDATE: HIDDEN,
  ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE: { kind: 'stale', says: 'the record was changed meanwhile' },
};

/** Codes that say something else of a whole call, or only of one. */
const OF_CALLS: Readonly<Record<string, Meaning>> = {
  REQUEST_LIMIT_EXCEEDED: { kind: 'rate-limited', says: 'the requests of the org are used up for now' },
  INVALID_SESSION_ID: { kind: 'auth', says: 'the session is refused' },
  API_DISABLED_FOR_ORG: {
    kind: 'forbidden',
    says: 'the org or the integration user has no API access; grant API Enabled',
  },
  API_CURRENTLY_DISABLED: { kind: 'forbidden', says: 'the API of the org is disabled' },
  INSUFFICIENT_ACCESS_OR_READONLY: { kind: 'forbidden', says: 'the integration user lacks a permission for this' },
  INSUFFICIENT_ACCESS: { kind: 'forbidden', says: 'the integration user lacks a permission for this' },
  INVALID_TYPE: { kind: 'forbidden', says: 'the object does not exist or the integration user may not read it' },
  INVALID_FIELD: HIDDEN,
  INVALID_QUERY_LOCATOR: { kind: 'stale', says: 'the place in a list of results is no longer kept' },
  INVALID_REPLICATION_DATE: { kind: 'stale', says: 'deletions are not kept for that span' },
  UNSUPPORTED_API_VERSION: { kind: 'config', says: 'the org does not know this apiVersion' },
  MALFORMED_QUERY: { kind: 'protocol', says: 'Salesforce did not understand the query' },
  INVALID_QUERY_FILTER_OPERATOR: {
    kind: 'config',
    says: 'a field cannot be compared like this; check the type of the opt-out field',
  },
};

/** 401 bodies that a new token does not cure (notes, 1). */
const NO_TOKEN_HELPS = [
  'Connected app is not attached to Agent',
  'This session is not valid for use with the REST API',
];

/** True if another token may help: the session ended. */
export const isSessionEnd = (error: unknown): boolean =>
  isOfKind(error, 'auth') && error.details.code === 'INVALID_SESSION_ID';

/** What a call-level answer says, in either of the vendor's forms; HTML and anything unreadable is no error at all. */
const errorsIn = (text: string): readonly VendorError[] => {
  const parsed = readJson(text);
  return (Array.isArray(parsed) ? parsed : [parsed]).flatMap((one) => vendorError(one) ?? []);
};

/** Codes and names of fields are shown and stored; what has not their form could be anything, a person's address too. */
const CODE = /^[A-Z][A-Z0-9_]{1,79}$/;
const FIELD = /^[A-Za-z]\w{0,79}$/;

/** `{errorCode|statusCode, message, fields?}`; null for anything else. */
export const vendorError = (one: unknown): VendorError | null => {
  const { errorCode, statusCode, message, fields } = recordOf(one);
  const code = statusCode ?? errorCode;
  if (typeof code !== 'string') return null;
  return {
    code: CODE.test(code) ? code : 'UNKNOWN_CODE',
    message: typeof message === 'string' ? message : '',
    fields: Array.isArray(fields)
      ? fields.filter((field): field is string => typeof field === 'string' && FIELD.test(field))
      : [],
  };
};

/** The ConnectorError for an answer of 400 and above. `vendorNow` is for a Retry-After that names a date. */
export const failureOf = (name: string, answer: SdkAnswer, vendorNow: Millis): ConnectorError => {
  const [first] = errorsIn(answer.text);
  const code = first?.code ?? `HTTP ${answer.status}`;
  // A gateway's 5xx has no code, or one that does not say that nothing was done.
  const meaning = (answer.status < 500 ? (entryOf(OF_CALLS, code) ?? entryOf(OF_RECORDS, code)) : undefined) ?? {
    kind: kindOfStatus(answer.status),
    says: `Salesforce answered ${answer.status}`,
  };
  const kind = answer.status === 401 ? 'auth' : meaning.kind;
  const wait = retryAfterMs(answer.headers['retry-after'], vendorNow);
  const field = first?.fields[0] ?? columnIn(first);
  return errorFor(`salesforce ${name}`, { ...meaning, kind }, code, field, {
    ...effectOf(answer.status, wait),
    ...(NO_TOKEN_HELPS.some((text) => answer.text.includes(text)) ? { code: 'SESSION_NOT_ALLOWED' } : {}),
  });
};

/** `No such column 'X' on entity 'Lead'`: the one part of the vendor's text that is needed to help. */
const columnIn = (error: VendorError | undefined): string | undefined =>
  error?.message.match(/No such column '(\w{1,80})'/)?.[1];

/** Why a row of a collection was refused. */
export const refusalOfRow = (errors: readonly VendorError[]): Refusal => {
  const [first] = errors;
  const code = first?.code ?? 'NO_REASON_GIVEN';
  const { kind, says } = entryOf(OF_RECORDS, code) ?? {
    kind: 'refused' as const,
    says: 'Salesforce refused the record',
  };
  const fields = first?.fields ?? [];
  // With fields, the key that does not exist is in a look-up field and not the record itself.
  const meaning = code === 'INVALID_CROSS_REFERENCE_KEY' && fields.length > 0 ? VALUE : { kind, says };
  // An administrator wrote this text for whoever enters data; without it nobody can help.
  const rule = code === 'FIELD_CUSTOM_VALIDATION_EXCEPTION' ? `: ${redact(first?.message ?? '').slice(0, 200)}` : '';
  const named = fields.length === 0 ? '' : ` [${fields.join(', ')}]`;
  return refusal(meaning.kind, code, `${meaning.says}${rule}${named}`, fields[0]);
};

/** `REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --`, as `sf__Error` tells it (notes, 2.2). */
export const rowErrorIn = (text: string): VendorError => {
  const { code, message, fields } = text.match(ROW_ERROR)?.groups ?? {};
  if (code === undefined)
    return { code: text.match(/^[A-Z_]{3,60}/)?.[0] ?? 'NO_REASON_GIVEN', message: '', fields: [] };
  return { code, message: message ?? '', fields: fields?.match(/\w{1,80}/g) ?? [] };
};
const ROW_ERROR = /^(?<code>[A-Z_]{3,60}):(?<message>.*):(?<fields>[\w, .]*)--$/s;
