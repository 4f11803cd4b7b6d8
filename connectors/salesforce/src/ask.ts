import { ConnectorError, type Tools } from '@heed/contract';
import { formsOf } from '@heed/toolkit';
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

  const getToken = async (name: string, signal: AbortSignal) => {
    try {
      return await tokens.get(signal);
    } catch (error) {
      if (error instanceof ConnectorError) throw error;
      throw new ConnectorError('unavailable', `salesforce ${name}: stopped`, {
        code: 'stopped',
        mayHaveApplied: false,
      });
    }
  };

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
    /** With a new token once, if the session had ended; the token source stops a vendor that refuses what it gives. */
    async ask(request, manner, callerSignal) {
      const signal = AbortSignal.any([callerSignal, closed]);
      const { accessToken } = await getToken(request.name, signal);
      try {
        return await once(request, manner, accessToken, signal);
      } catch (error) {
        if (!isSessionEnd(error)) throw error;
        tokens.refused(accessToken);
        return once(request, manner, (await getToken(request.name, signal)).accessToken, signal);
      }
    },
    async whoWeAre(signal) {
      const { extra = {} } = await getToken('token', AbortSignal.any([signal, closed]));
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
