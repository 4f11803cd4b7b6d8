/** A refusal in the vendor's words; turned into an answer of its own, or into one row's error of a batch. */
export class ApiError extends Error {
  readonly status: number;
  /** `VALIDATION_ERROR`, `OBJECT_NOT_FOUND`, `CONFLICT` ... */
  readonly category: string;
  readonly more: ErrorMore;

  constructor(status: number, category: string, message: string, more: ErrorMore = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.category = category;
    this.more = more;
  }
}

/** What an error can say besides. */
export interface ErrorMore {
  readonly subCategory?: string;
  readonly context?: Readonly<Record<string, readonly string[]>>;
  readonly errors?: readonly ErrorDetail[];
}

interface ErrorDetail {
  readonly message: string;
  readonly code?: string;
  readonly in?: string;
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

export function invalid(message: string, more: ErrorMore = {}): ApiError {
  return new ApiError(400, 'VALIDATION_ERROR', message, more);
}

export function notFound(message: string, more: ErrorMore = {}): ApiError {
  return new ApiError(404, 'OBJECT_NOT_FOUND', message, more);
}

/** "409 … Contact already exists. Existing ID: 123" */
export function alreadyExists(id: string): ApiError {
  return new ApiError(409, 'CONFLICT', `Contact already exists. Existing ID: ${id}`);
}

export function noSuchContact(id: string): ApiError {
  return notFound(`Object not found.  objectId are usually numeric: ${id}`);
}
