import { connector } from '@heed/connector-salesforce';
import { describeConnector } from '@heed/testkit';
import { salesforceCase } from './suite-case.ts';

describeConnector(connector, salesforceCase);
