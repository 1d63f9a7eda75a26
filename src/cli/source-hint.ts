import type { Settings } from '../config/settings.js';
import type { UpstreamError } from '../errors.js';

/** What to do about an upstream that failed; undefined where the failure says it all. */
export function sourceHint(
  { origins, period }: Pick<Settings, 'origins' | 'period'>,
  { reason, status, url }: UpstreamError,
): string | undefined {
  if (!/^https?:/i.test(url)) return undefined;
  if (/\bproxy\b/.test(reason)) {
    return 'HTTPS_PROXY and HTTP_PROXY name the proxy, NO_PROXY the hosts that are called directly';
  }
  if (status === 404) {
    return `there is no document of the period ${period}: see --source and --period in "o-copilot config"`;
  }
  if (origins.source === 'default') {
    return '"--source sample" needs no network, --source or O_COPILOT_SOURCE names another source, "o-copilot config" shows what is in force';
  }
  return origins.source === '--source' ? undefined : `the source was set in ${origins.source}`;
}
