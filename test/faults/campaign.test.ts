import { campaignCases } from './cases/of-salesforce.ts';
import { provenByTests } from './runner/proven.ts';

provenByTests(
  { 'a profile with a campaign and a custom opt-out field': campaignCases },
  { withCampaign: true, customField: 'Newsletter_Opt_Out__c' },
);
