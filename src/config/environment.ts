import { SettingError } from '../errors.js';
import type { SettingSources } from './setting.js';

type Environment = SettingSources['environment'];

const PREFIX = 'O_COPILOT_';

/** A misspelt name would be a setting that silently does nothing. @throws SettingError */
export function refuseUnknown(
  { environment, envFile }: Pick<SettingSources, 'environment' | 'envFile'>,
  known: readonly string[],
): void {
  const origins = new Map(Object.keys(environment).map((name) => [name, name]));
  for (const [name, { origin }] of envFile) origins.set(name, origin);
  for (const [name, origin] of origins) {
    if (name.startsWith(PREFIX) && !known.includes(name)) {
      throw new SettingError(origin, `no such setting; the settings are ${known.join(', ')}`);
    }
  }
}

/**
 * Kubernetes sets variables for the Services of its namespace in every container: for one called `o-copilot`, or `o-copilot-…`,
 * by names that look like our settings.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const LINKS: readonly (readonly [name: RegExp, value: RegExp])[] = [
  [/^O_COPILOT_(\w+_)?SERVICE_HOST$/, /^[\da-f.:]+$/i],
  [/^O_COPILOT_(\w+_)?SERVICE_PORT(_\w+)?$/, /^\d+$/],
  [/^O_COPILOT_(\w+_)?PORT(_\d+_(TCP|UDP|SCTP))?$/, /^(tcp|udp|sctp):\/\//],
  [/^O_COPILOT_(\w+_)?PORT_\d+_(TCP|UDP|SCTP)_PROTO$/, /^(tcp|udp|sctp)$/],
  [/^O_COPILOT_(\w+_)?PORT_\d+_(TCP|UDP|SCTP)_PORT$/, /^\d+$/],
  [/^O_COPILOT_(\w+_)?PORT_\d+_(TCP|UDP|SCTP)_ADDR$/, /^[\da-f.:]+$/i],
];

/** The environment without the variables that Kubernetes sets. A setting such as `O_COPILOT_PORT=8080` stays. */
export function withoutServiceLinks(environment: Environment): Environment {
  const isLink = (name: string, value: string) =>
    LINKS.some(([names, values]) => names.test(name) && values.test(value));
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value = '']) => !(name.startsWith(PREFIX) && isLink(name, value)),
    ),
  );
}
