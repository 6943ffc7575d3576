import { execFileSync } from 'node:child_process';
import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../lib/kube/object.js';

/** What `helm template` takes. */
export interface Chart {
  /** The chart's folder. */
  readonly chart: string;
  readonly version: string;
  readonly release: string;
  readonly namespace: string;
  /** The Kubernetes to render for. */
  readonly kubernetes: string;
  readonly values: object;
}

/**
 * The objects of a Helm chart in Helm's install order, rendered by Helm's own library (see main.go).
 *
 * @throws where the chart refuses the values or has hooks: only Helm runs those.
 */
export function renderChart(chart: Chart): KubeObject[] {
  const output = execFileSync('go', ['run', '-mod=readonly', '-trimpath', '.'], {
    cwd: __dirname,
    encoding: 'utf8',
    env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' },
    input: JSON.stringify(chart),
    stdio: ['pipe', 'pipe', 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
  });
  const { manifests, hooks } = JSON.parse(output) as { manifests: string[]; hooks: string[] };
  if (hooks.length > 0) {
    throw new Error(
      `${chart.chart}: the chart has hooks (${hooks.join(', ')}), which only Helm runs; turn them off in its values`,
    );
  }
  return manifests.flatMap((manifest) => loadAll(manifest) as KubeObject[]);
}
