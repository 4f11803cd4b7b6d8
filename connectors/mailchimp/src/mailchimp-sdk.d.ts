// The SDK ships no types. Only what sdk.ts touches is declared here.
declare module '@mailchimp/mailchimp_marketing/src/ApiClient.js' {
  import type { Agent } from 'node:http';

  /** superagent 3.8.1's request, as `callApi` makes it. */
  export interface SdkRequest {
    redirects(max: number): SdkRequest;
    agent(agent: Agent): SdkRequest;
    buffer(whole: boolean): SdkRequest;
    parse(parser: SdkParser): SdkRequest;
    abort(): SdkRequest;
    callback(error: unknown, response?: SdkResponse): void;
    readonly called?: boolean;
  }

  /** Node's answer, perhaps unpacked; what the parser leaves as `text` is the response's. */
  export interface SdkAnswer {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string | undefined>>;
    text?: string;
    on(event: 'data', listener: (chunk: Uint8Array) => void): void;
    on(event: 'end', listener: () => void): void;
  }

  export type SdkParser = (answer: SdkAnswer, done: (error: Error | null, body?: unknown) => void) => void;

  export interface SdkResponse {
    readonly status: number;
    readonly body: unknown;
    readonly text?: string;
    readonly headers: Readonly<Record<string, string | undefined>>;
  }

  export default class ApiClient {
    constructor();
    basePath: string;
    timeout: number;
    enableCookies: boolean;
    agent: { attachCookies(request: SdkRequest): void; saveCookies(response: SdkResponse): void };
    setConfig(config: { readonly apiKey?: string; readonly accessToken?: string }): void;
    callApi(
      path: string,
      httpMethod: string,
      pathParams: Readonly<Record<string, string>>,
      queryParams: Record<string, string | number | boolean>,
      headerParams: Record<string, string>,
      formParams: Record<string, string>,
      bodyParam: object | null,
      authNames: readonly string[],
      contentTypes: readonly string[],
      accepts: readonly string[],
      returnType: typeof Object,
    ): Promise<{ readonly data: unknown; readonly response: SdkResponse }>;
  }
}
