import { resume } from '@heed/core';
import { serviceCommand } from '../runs/service-command.ts';

export const run = serviceCommand(resume, 'is in service again.', false);
