import { pause } from '@heed/core';
import { serviceCommand } from '../runs/service-command.ts';

export const run = serviceCommand(pause, 'is paused; "heed resume" puts it back.', true);
