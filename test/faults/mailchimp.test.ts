import { everyAnswer, someAnswers } from './cases/answers.ts';
import { clockCases } from './cases/clocks.ts';
import { mailchimpCases } from './cases/of-mailchimp.ts';
import { provenByTests } from './runner/proven.ts';

provenByTests({
  'what any answer of Mailchimp can be': (process.env.HEED_FAULTS === 'all' ? everyAnswer : someAnswers)('mailchimp'),
  'what only Mailchimp can do': mailchimpCases,
  'whose clock is an hour off': clockCases('mailchimp'),
});
