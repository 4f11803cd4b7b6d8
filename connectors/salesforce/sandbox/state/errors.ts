/** What is wrong with one record, as the collection resources answer it. */
export interface RecordError {
  readonly statusCode: string;
  readonly message: string;
  readonly fields: readonly string[];
}

/** One record is refused; other records of the call are not. */
export class RecordRefused extends Error {
  readonly error: RecordError;

  constructor(statusCode: string, message: string, fields: readonly string[] = []) {
    super(message);
    this.error = { statusCode, message, fields };
  }
}

/** The whole call is refused. */
export class CallRefused extends Error {
  readonly status: number;
  readonly errorCode: string;
  readonly fields: readonly string[] | undefined;

  constructor(status: number, errorCode: string, message: string, fields?: readonly string[]) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
    this.fields = fields;
  }
}
