import { type KeysOf, unknownKeys } from './known-keys.js';
import { portProblem } from './port.js';

/** Where a pod answers with metrics in Prometheus' text format. */
export interface Metrics {
  /** Number of the port, whichever container listens on it. */
  readonly port: number;
  /** @default /metrics */
  readonly path?: string;
}

const KEYS: KeysOf<Metrics> = { port: true, path: true };

/** How a scraper finds the pod: the annotations that Prometheus' own examples made common. */
export const metricsAnnotations = ({ port, path = '/metrics' }: Metrics): Record<string, string> => ({
  'prometheus.io/scrape': 'true',
  'prometheus.io/port': `${port}`,
  'prometheus.io/path': path,
});

export const metricsProblems = (metrics: Metrics | undefined): string[] =>
  metrics === undefined
    ? []
    : [
        ...unknownKeys(metrics, KEYS, 'metrics.'),
        ...(portProblem(metrics.port) ? [`metrics.port: ${portProblem(metrics.port)}`] : []),
        ...(metrics.path === undefined || metrics.path.startsWith('/')
          ? []
          : [`metrics.path: ${JSON.stringify(metrics.path)} must begin with "/"`]),
      ];
