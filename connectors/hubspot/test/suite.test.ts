import { connector } from '@heed/connector-hubspot';
import { describeConnector } from '@heed/testkit';
import { crmCase, marketingCase } from './suite-case.ts';

describeConnector(connector, crmCase());
describeConnector(connector, marketingCase());
