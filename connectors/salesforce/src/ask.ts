import type { Tools } from '@heed/contract';
import { formsOf, signedIn } from '@heed/toolkit';
import { originOf, type SalesforceConfig } from './config.ts';
import { failureOf, isSessionEnd } from './failure.ts';
import { type SdkAnswer, type SdkRequest, send } from './sdk.ts';
import { salesforceTokens } from './token.ts';

interface Manner {
  readonly kind: 'read' | 'write';
  /** Sent twice it does no harm. Unless told: reads. */
  readonly repeatable?: boolean;
}

/** Signed requests to one org, under its limits; answers of 400 and above are thrown as ConnectorErrors. */
export interface Asker {
  ask(request: SdkRequest, manner: Manner, signal: AbortSignal): Promise<SdkAnswer>;
  whoWeAre(signal: AbortSignal): Promise<WhoWeAre>;
}

export interface WhoWeAre {
  readonly organizationId: string;
  readonly userId: string;
}

const READ_TIMEOUT_MS = 120_000;
/** 200 records with the customer's triggers take long. The vendor itself gives up after 10 minutes. */
const WRITE_TIMEOUT_MS = 180_000;

/** `closed` ends what runs when the session is closed. */
export const askerOf = (config: SalesforceConfig, tools: Tools, closed: AbortSignal): Asker => {
  const origin = originOf(config);
  const { apiVersion } = config;
  const tokens = salesforceTokens(config, tools, closed);

  const once = async (
    request: SdkRequest,
    { kind, repeatable = kind === 'read' }: Manner,
    token: string,
    signal: AbortSignal,
  ): Promise<SdkAnswer> =>
    tools.call(
      {
        name: request.name,
        kind,
        // A write that may have been applied is looked up by the engine, not repeated: only so is an echo told from
        // what somebody else did meanwhile (C8).
        repeatable,
        timeoutMs: kind === 'read' ? READ_TIMEOUT_MS : WRITE_TIMEOUT_MS,
        signal,
      },
      async (callSignal) => {
        const answer = await send({ origin, apiVersion, accessToken: token }, request, callSignal);
        if (answer.status >= 400) throw failureOf(request.name, answer, tools.vendorNow());
        return { value: answer, bytes: answer.text.length, date: answer.headers.date ?? null };
      },
    );

  return {
    async ask(request, manner, callerSignal) {
      const signal = AbortSignal.any([callerSignal, closed]);
      return signedIn(tokens, isSessionEnd, signal, ({ accessToken }) => once(request, manner, accessToken, signal));
    },
    async whoWeAre(signal) {
      const { extra = {} } = await tokens.get(AbortSignal.any([signal, closed]));
      return { organizationId: extra.organizationId ?? '', userId: extra.userId ?? '' };
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
