// The SDK ships no types. Only what sdk.ts touches is declared here.
declare module 'netsuite-rest' {
  export default class NetsuiteRest {
    constructor(keys: {
      readonly consumer_key: string;
      readonly consumer_secret_key: string;
      readonly token: string;
      readonly token_secret: string;
      readonly realm: string;
    });
    getAuthorizationHeader(request: { readonly url: string; readonly method: string }): {
      readonly Authorization: string;
    };
  }
}
