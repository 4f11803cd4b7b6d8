/** One batch of asynchronous operations, plain JSON. Times are milliseconds since the epoch. */
export interface AsyncBatch {
  readonly id: string;
  readonly submittedMs: number;
  /** How many operations it was given. */
  readonly total: number;
  /** Of the request that brought it: operations answer with the same links and the same caller. */
  readonly origin: string;
  readonly callerIp: string;
  readonly pace: Pace;
  readonly fate: Fate;
  /** In no promised order once it has begun; let go of when all are done. */
  todo: readonly BatchOperation[];
  /** Only one batch runs at a time: unknown until the one before has ended. */
  beginMs: number | undefined;
  done: number;
  errored: number;
  /** Results of a batch that runs. */
  results: OperationResult[];
  /** Results of one that is through: the same rows as JSON, gzipped, base64. A million rows must fit into memory. */
  packed: string | undefined;
  /** Links that were given out and may still be valid. */
  links: readonly ResultLink[];
}

export interface Pace {
  /** From submission to the first operation, if no other batch runs. */
  readonly startMs: number;
  readonly operationMs: number;
  /** From the last operation to the archive. */
  readonly finalizeMs: number;
}

/** What a fault rule has in store for a batch from the moment it is taken. */
export interface Fate {
  /** Accepted, and never heard of again. */
  readonly lost?: boolean;
  /** Stays in this status for ever, after so many operations. */
  readonly stuck?: { readonly status: 'pending' | 'preprocessing' | 'started' | 'finalizing'; readonly after: number };
  /** Every so-manieth operation is answered with this status and not carried out. */
  readonly failing?: { readonly every: number; readonly status: number };
}

export interface BatchOperation {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly body: string;
  readonly operationId: string | null;
}

/** One row of the archive, in the vendor's own names. */
export interface OperationResult {
  readonly status_code: number;
  readonly operation_id: string | null;
  /** The body of the answer as text; "" when there was none. */
  readonly response: string;
}

/** A link to the archive of a batch, and what is wrong with what it leads to. */
export interface ResultLink {
  readonly signature: string;
  readonly expiresMs: number;
  readonly flaws: readonly Flaw[];
}

/** Every way in which an archive can be bad, by the kind of its fault rule. */
export const ARCHIVE_FLAWS = [
  'results-missing',
  'results-doubled',
  'results-foreign',
  'archive-corrupt',
  'archive-truncated',
  'archive-huge',
  'archive-names',
  'archive-not-json',
  'archive-error',
  'archive-reset',
  'archive-stalled',
  'archive-transcoded',
  'archive-redirect',
] as const;

export interface Flaw {
  readonly kind: (typeof ARCHIVE_FLAWS)[number];
  readonly details: Readonly<Record<string, unknown>>;
}

/** One request to the host of the results. */
export interface Download {
  readonly method: string;
  /** Without the query, which holds the signature. */
  readonly path: string;
  readonly status: number;
  /** What of our credentials came along: names of headers, or "url"; must be empty. */
  readonly leaked: readonly string[];
}
