/** What kwok looks for in an object, as a query of jq. @see https://kwok.sigs.k8s.io/docs/user/stages-configuration/ */
interface Expectation {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

const NOT_READY: Expectation = {
  key: '.status.conditions.[] | select(.type == "Ready") | .status',
  operator: 'NotIn',
  values: ['True'],
};
const STAYS: Expectation = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' };
const GOES: Expectation = { key: '.metadata.deletionTimestamp', operator: 'Exists' };
const OF_A_JOB: Expectation = { key: '.metadata.ownerReferences.[].kind', operator: 'In', values: ['Job'] };
const inPhase = (phase: string): Expectation => ({ key: '.status.phase', operator: 'In', values: [phase] });

/** What a kubelet would report of its node; it has its capacity from its creation. Its lease keeps it ready. */
const NODE_READY = `
{{ $now := Now | Quote }}
conditions:
{{ range NodeConditions }}
- type: {{ .type }}
  status: {{ .status | Quote }}
  reason: {{ .reason }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ $now }}
  lastTransitionTime: {{ $now }}
{{ end }}
addresses:
- { type: InternalIP, address: {{ NodeIP | Quote }} }
- { type: Hostname, address: {{ NodeName | Quote }} }
daemonEndpoints: { kubeletEndpoint: { Port: {{ NodePort }} } }
phase: Running
`;

/** Of a pod whose images were there, whose first steps ended well, and whose probes succeed. */
const POD_READY = `
{{ $now := Now | Quote }}
phase: Running
startTime: {{ $now }}
{{ with NodeIPsWith .spec.nodeName }}
hostIP: {{ index . 0 | Quote }}
hostIPs: [{ ip: {{ index . 0 | Quote }} }]
{{ end }}
{{ with PodIPsWith .spec.nodeName (or .spec.hostNetwork false) .metadata.uid .metadata.name .metadata.namespace }}
podIP: {{ index . 0 | Quote }}
podIPs: [{ ip: {{ index . 0 | Quote }} }]
{{ end }}
conditions:
- { type: Initialized, status: "True", lastTransitionTime: {{ $now }} }
- { type: ContainersReady, status: "True", lastTransitionTime: {{ $now }} }
- { type: Ready, status: "True", lastTransitionTime: {{ $now }} }
{{ range .spec.readinessGates }}
- { type: {{ .conditionType | Quote }}, status: "True", lastTransitionTime: {{ $now }} }
{{ end }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  restartCount: 0
  {{ if eq .restartPolicy "Always" }}
  started: true
  state: { running: { startedAt: {{ $now }} } }
  {{ else }}
  state: { terminated: { exitCode: 0, reason: Completed, startedAt: {{ $now }}, finishedAt: {{ $now }} } }
  {{ end }}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  started: true
  restartCount: 0
  state: { running: { startedAt: {{ $now }} } }
{{ end }}
`;

/** Of a pod whose work is done. */
const POD_COMPLETE = `
{{ $now := Now | Quote }}
phase: Succeeded
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: false
  started: false
  restartCount: 0
  state: { terminated: { exitCode: 0, reason: Completed, startedAt: {{ $now }}, finishedAt: {{ $now }} } }
{{ end }}
`;

const stage = (
  kind: 'Node' | 'Pod',
  name: string,
  matchExpressions: readonly Expectation[],
  next: { readonly statusTemplate: string } | { readonly delete: true },
) => ({
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name },
  spec: { resourceRef: { apiGroup: 'v1', kind }, selector: { matchExpressions }, next },
});

/** kwok's configuration: nodes and pods become ready, pods of a Job complete, deleted ones go, each at once. */
export const stages = (): string =>
  [
    stage('Node', 'node-ready', [NOT_READY], { statusTemplate: NODE_READY }),
    stage('Pod', 'pod-ready', [STAYS, inPhase('Pending'), NOT_READY], { statusTemplate: POD_READY }),
    stage('Pod', 'pod-complete', [STAYS, inPhase('Running'), OF_A_JOB], { statusTemplate: POD_COMPLETE }),
    stage('Pod', 'pod-gone', [GOES], { delete: true }),
  ]
    .map((object) => JSON.stringify(object, undefined, 2))
    .join('\n---\n');
