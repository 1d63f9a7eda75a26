import { SERVICE_SETTINGS } from '../../config/service-settings.js';
import { type Setting, variablesOf } from '../../config/setting.js';
import { SETTINGS } from '../../config/settings.js';
import type { TopicSection } from './layout.js';

const OTHERS: TopicSection['entries'] = [
  ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'proxies, and the hosts that are reached without'],
  ['NODE_EXTRA_CA_CERTS', 'file of further certificates to trust (PEM)'],
  ['NO_COLOR, FORCE_COLOR, TERM=dumb', 'whether there is colour; --color overrides them'],
  ['CI', 'no spinner, as with --quiet'],
  ['TMPDIR', 'where large results are buffered until they are complete'],
];

const TRACES: TopicSection['entries'] = [
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'where traces go (OpenTelemetry); without it there are none'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'the same for traces alone'],
  ['OTEL_SERVICE_NAME, OTEL_SDK_DISABLED', 'as OpenTelemetry specifies them'],
];

export function environment(): TopicSection[] {
  return [
    {
      title: 'Settings',
      entries: Object.entries(SETTINGS).map(entryOf),
      notes: [
        'A flag overrides the environment, the environment overrides .env in the working folder (or the file of --env-file), and that overrides the default. An empty variable counts as not set. An unknown name that begins with O_COPILOT_ is an error. o-copilot config shows what is in force and why.',
      ],
    },
    {
      title: 'Settings of serve',
      entries: Object.entries(SERVICE_SETTINGS).map(entryOf),
      notes: ['HOST and PORT are read where O_COPILOT_HOST and O_COPILOT_PORT are not set.'],
    },
    { title: 'Others', entries: [...OTHERS, ...TRACES], notes: [] },
  ];
}

function entryOf([name, setting]: [string, Setting<unknown>]): readonly [string, string] {
  const fallback = setting.default ?? setting.unset;
  const shown = fallback === undefined ? '' : ` (default ${fallback})`;
  return [variablesOf(name, setting)[0], `${setting.description}${shown}`];
}
