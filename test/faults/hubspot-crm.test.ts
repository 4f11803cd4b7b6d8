import { hubspotCrmCases } from './cases/of-hubspot.ts';
import { provenByTests } from './runner/proven.ts';

provenByTests({ 'what HubSpot can do as a CRM, asked by OAuth': hubspotCrmCases }, { crm: 'hubspot', byOauth: true });
