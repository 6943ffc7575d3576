import type { KubeObject } from '../lib/kube/object.js';
import type { KubeconfigSource } from './kubeconfig.js';
import type { Labels } from './label-selector.js';
import { podTemplate } from './pod-spec.js';

/** The command that follows the logs of every pod that the objects make, or undefined where they make none. */
export function logsCommand(objects: readonly KubeObject[], source: KubeconfigSource): string | undefined {
  const labels = objects
    .map((object) => podTemplate(object)?.metadata?.labels)
    .filter((found): found is Labels => found !== undefined);
  const [first] = labels;
  const namespace = objects.find((object) => podTemplate(object) !== undefined)?.metadata.namespace;
  if (!first || namespace === undefined) return undefined;
  const common = Object.entries(first).filter(([key, value]) =>
    labels.every((other) => other[key] === value),
  );
  if (common.length === 0) return undefined;
  const access =
    typeof source === 'object' && 'file' in source
      ? ` --kubeconfig ${source.file} --context ${source.context}`
      : '';
  const selector = common.map((pair) => pair.join('=')).join(',');
  return `kubectl${access} --namespace ${namespace} logs --follow --prefix --all-containers --max-log-requests 50 --selector ${selector}`;
}
