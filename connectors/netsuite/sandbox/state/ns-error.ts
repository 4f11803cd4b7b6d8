/** Where an error lies, as `o:errorDetails` names it. */
export interface ErrorPlace {
  readonly path?: string;
  readonly queryParam?: string;
  readonly header?: string;
  /** Headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal of the vendor; answered as an `nsError` document, or as a task's result in a batch. */
export class NsError extends Error {
  readonly status: number;
  readonly code: string;
  readonly place: ErrorPlace;

  constructor(status: number, code: string, detail: string, place: ErrorPlace = {}) {
    super(detail);
    this.name = 'NsError';
    this.status = status;
    this.code = code;
    this.place = place;
  }
}

/** "Error while accessing resource: You have entered an Invalid Field Value 9999 for the following field: item" (section_156570709583). */
export const invalidValue = (field: string, value: unknown): NsError =>
  new NsError(
    400,
    'INVALID_CONTENT',
    `Error while accessing resource: You have entered an Invalid Field Value ${written(value)} for the following field: ${field}`,
    { path: field },
  );

/** A business rule; the code is in the notes, the wording is each rule's own. */
export const userError = (detail: string, path?: string): NsError =>
  new NsError(400, 'USER_ERROR', `Error while accessing a resource. ${detail}`, path === undefined ? {} : { path });

export const nonexistent = (): NsError => new NsError(404, 'NONEXISTENT_ID', 'Record does not exist.');

export const badParameter = (name: string, detail: string): NsError =>
  new NsError(400, 'INVALID_PARAMETER', detail, { queryParam: name });

export const badHeader = (name: string, detail: string): NsError =>
  new NsError(400, 'INVALID_HEADER', detail, { header: name });

export const forbidden = (detail: string): NsError => new NsError(403, 'INSUFFICIENT_PERMISSION', detail);

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
