import { json, type Reply } from '@heed/sandbox';
import { runRestlet } from '../restlet/run.ts';
import { ScriptError } from '../restlet/script-error.ts';
import { NsError } from '../state/ns-error.ts';
import { type Call, type NsRoute, RESTLET_PATH, route } from './answers.ts';

/** `GET` and `DELETE` hand the query to the script, `POST` and `PUT` the body. */
function restlet(call: Call): Reply {
  const { script, deploy, ...parameters } = Object.fromEntries(call.query);
  const deployment = call.world.state.deployments.find((one) => one.script === script && one.deploy === deploy);
  if (deployment === undefined) {
    throw new NsError(400, 'SSS_INVALID_SCRIPTLET_ID', 'That Suitelet is invalid, disabled, or no longer exists.');
  }
  const hasBody = call.method === 'POST' || call.method === 'PUT';
  try {
    const given = hasBody ? call.body.json() : parameters;
    const answer = runRestlet(call.world, deployment.source, call.method.toLowerCase(), given);
    for (const id of answer.touched) call.touch(id);
    return json(200, answer.value ?? null);
  } catch (error) {
    if (error instanceof ScriptError) throw new NsError(400, error.code, error.message);
    throw error;
  }
}

export const restletRoutes: readonly NsRoute[] = ['GET', 'POST', 'PUT', 'DELETE'].map((method) =>
  route(method, RESTLET_PATH, restlet),
);
