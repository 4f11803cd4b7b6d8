import { setGlobalProxyFromEnv } from 'node:http';
import { UsageError } from './invocation.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the environment may not decide about our requests. Node asks a proxy only when it is told to (NODE_USE_ENV_PROXY=1 or
 * `--use-env-proxy`), and then for this machine's own addresses as well, in plain text and with the sandbox's key: those are
 * taken out. Throws UsageError when certificates are not to be checked: credentials would go to whoever answers.
 */
export const settleNetwork = (environment: Environment, execArgv: readonly string[]): void => {
  if (environment.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    throw new UsageError(
      'NODE_TLS_REJECT_UNAUTHORIZED=0 switches off the check of who answers, and credentials would go to anybody. Unset it; for a proxy that opens TLS, name its certificate in NODE_EXTRA_CA_CERTS.',
    );
  const options = [...execArgv, ...(environment.NODE_OPTIONS ?? '').split(/\s+/)];
  if (environment.NODE_USE_ENV_PROXY !== '1' && !options.includes('--use-env-proxy')) return;
  const direct = [environment.no_proxy ?? environment.NO_PROXY ?? '', '127.0.0.1', '[::1]', '::1']
    .filter(Boolean)
    .join();
  setGlobalProxyFromEnv({ ...environment, NO_PROXY: direct, no_proxy: direct });
};
