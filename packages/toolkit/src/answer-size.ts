import { ConnectorError } from '@heed/contract';

/**
 * More than any answer that is read as a whole: a full page is a few MB. What is larger is a fault, or meant to use up our
 * memory; also what only grows so large when it is unpacked.
 */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** For an answer that was not read further. A write may have been applied. */
export const answerTooLarge = (name: string): ConnectorError =>
  new ConnectorError('protocol', `${name}: the answer is larger than any that was asked for; not read further`, {
    code: 'answer-too-large',
  });

/** The text of an answer of `fetch`. Reading stops, and the connection ends, at `maxBytes` of unpacked body. */
export const boundedText = async (name: string, response: Response, maxBytes = MAX_ANSWER_BYTES): Promise<string> => {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw answerTooLarge(name);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
};
