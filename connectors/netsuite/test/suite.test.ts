import { connector } from '@heed/connector-netsuite';
import { describeConnector } from '@heed/testkit';
import { netsuiteCase } from './suite-case.ts';

describeConnector(connector, netsuiteCase);
