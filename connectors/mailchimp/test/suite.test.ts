import { connector } from '@heed/connector-mailchimp';
import { describeConnector } from '@heed/testkit';
import { mailchimpCase } from './suite-case.ts';

describeConnector(connector, mailchimpCase);
