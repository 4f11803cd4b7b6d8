import type { Tools } from '@heed/contract';
import { type Ask, formsOf, signedCalls } from '@heed/toolkit';
import { originOf, type SalesforceConfig } from './config.ts';
import { failureOf, isSessionEnd } from './failure.ts';
import { type SdkAnswer, type SdkRequest, send } from './sdk.ts';
import { salesforceTokens } from './token.ts';

/** Signed requests to one org, under its limits; answers of 400 and above are thrown as ConnectorErrors. */
export interface Asker {
  readonly ask: Ask<SdkRequest, SdkAnswer>;
  whoWeAre(signal: AbortSignal): Promise<WhoWeAre>;
  /** How long a query may be, as `inUrl` writes it. */
  queryBytes(signal: AbortSignal): Promise<number>;
  /** One of that length was too long, whatever is documented: the later ones of this session are shorter. */
  tooLong(bytes: number): void;
}

export interface WhoWeAre {
  readonly organizationId: string;
  readonly userId: string;
}

/** What the vendor takes of URI and headers together (notes, 2, "GET only"; 431 or 414 beyond, Salesforce Help 000386264). */
const MAX_HEAD_BYTES = 16_384;
/** For path, host and headers but the token: some 250, and almost as much again for what stands in between. */
const OTHER_BYTES = 450;

/** 200 records with the customer's triggers take long. The vendor itself gives up after 10 minutes. */
const timeoutMs = { read: 120_000, write: 180_000 } as const;

/** `closed` ends what runs when the session is closed. */
export const askerOf = (config: SalesforceConfig, tools: Tools, closed: AbortSignal): Asker => {
  const origin = originOf(config);
  const { apiVersion } = config;
  const tokens = salesforceTokens(config, tools, closed);
  let mostBytes = MAX_HEAD_BYTES;

  return {
    ask: signedCalls(
      tools,
      { tokens, isEnd: isSessionEnd, closed, timeoutMs },
      async (request: SdkRequest, accessToken, within) => {
        const answer = await send({ origin, apiVersion, accessToken }, request, within);
        if (answer.status >= 400) throw failureOf(request.name, answer, tools.vendorNow());
        return { value: answer, bytes: answer.text.length, date: answer.headers.date ?? null };
      },
    ),
    async whoWeAre(signal) {
      const { extra = {} } = await tokens.get(AbortSignal.any([signal, closed]));
      return { organizationId: extra.organizationId ?? '', userId: extra.userId ?? '' };
    },
    async queryBytes(signal) {
      // A token of some kinds has 2,000 characters, most have 112.
      const { accessToken } = await tokens.get(AbortSignal.any([signal, closed]));
      return Math.min(mostBytes, MAX_HEAD_BYTES - OTHER_BYTES - accessToken.length);
    },
    tooLong(bytes) {
      mostBytes = Math.min(mostBytes, 0.75 * bytes);
    },
  };
};

export const JSON_BODY = { 'content-type': 'application/json' } as const;

/** Headers of everything that writes: a duplicate rule in alert mode blocks otherwise; block mode still blocks (notes, 2.1). */
export const WRITE_HEADERS = {
  ...JSON_BODY,
  'sforce-duplicate-rule-header': 'allowSave=true',
} as const;

export const { understood, notUnderstood } = formsOf('salesforce');
