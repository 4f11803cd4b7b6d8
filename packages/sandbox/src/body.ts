import type { IncomingMessage } from 'node:http';

/** The body of a request, read whole. */
export interface RequestBody {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The parsed JSON, `undefined` for an empty body; throws `SyntaxError` when it is no JSON. */
  json(): unknown;
  /** The fields of a form (application/x-www-form-urlencoded). */
  form(): URLSearchParams;
}

/** More than any vendor takes: uploads of Salesforce's Bulk API are up to 150 MB. */
const LARGEST_BODY_BYTES = 160 * 1024 * 1024;

/** Reads a request to its end; throws when it is larger than 160 MiB or the client goes away. */
export async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) throw new RangeError('The request body is larger than 160 MiB');
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const asText = bytes.toString('utf8');
  return {
    bytes,
    text: asText,
    json: () => (asText.trim() === '' ? undefined : JSON.parse(asText)),
    form: () => new URLSearchParams(asText),
  };
}
