import type ApiClient from '@mailchimp/mailchimp_marketing/src/ApiClient.js';
import type { Places } from './vendors-from-environment.ts';

/** One Contact as the query answers it. */
export interface Contact {
  readonly Email: string;
  readonly FirstName: string | null;
  readonly LastName: string | null;
  readonly Title: string | null;
  readonly Phone: string | null;
}

const SOQL =
  'SELECT Id, Email, FirstName, LastName, Title, Phone FROM Contact WHERE Email != null AND HasOptedOutOfEmail = false';

/** All Contacts who are not opted out, page by page, as jsforce's documentation does it. */
export async function* contactPages({ salesforceUrl, salesforceToken }: Places): AsyncGenerator<readonly Contact[]> {
  const { Connection } = await import('jsforce');
  const connection = new Connection({ instanceUrl: salesforceUrl, accessToken: salesforceToken, version: '66.0' });
  for (let page = await connection.query<Contact & { Id: string }>(SOQL); ; ) {
    yield page.records;
    if (page.done || page.nextRecordsUrl === undefined) return;
    page = await connection.queryMore(page.nextRecordsUrl);
  }
}

export const mailchimpClient = async ({ mailchimpUrl, mailchimpKey }: Places): Promise<ApiClient> => {
  const { default: Client } = await import('@mailchimp/mailchimp_marketing/src/ApiClient.js');
  const client = new Client();
  client.setConfig({ apiKey: mailchimpKey });
  client.basePath = `${mailchimpUrl}/3.0`;
  return client;
};

/** What the SDK's named methods do; its types name only this one. Answers the body. */
export const call = async (
  client: ApiClient,
  method: 'POST' | 'PUT',
  path: string,
  params: Readonly<Record<string, string>>,
  body: object,
): Promise<unknown> => {
  const json = ['application/json'];
  const { data } = await client.callApi(path, method, params, {}, {}, {}, body, ['basicAuth'], json, json, Object);
  return data;
};

export const mergeFieldsOf = (one: Contact): Readonly<Record<string, string>> => ({
  FNAME: one.FirstName ?? '',
  LNAME: one.LastName ?? '',
  TITLE: one.Title ?? '',
  PHONE: one.Phone ?? '',
});
