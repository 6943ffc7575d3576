import { isProperties, type Properties, text } from './property-values.js';

export interface ResourceToken {
  readonly apiVersion: string;
  readonly kind: string;
  /** `kubernetes:core/v1:ConfigMapPatch`: some fields of an object that somebody else made. */
  readonly patch: boolean;
}

/**
 * Reads `kubernetes:<group/version>:<Kind>`, in which the core group is called `core`.
 * @throws where the token is none, or is one that only the real provider serves (Helm releases, YAML components, lists)
 */
export function parseToken(type: string, inputs: Properties): ResourceToken {
  const [, group, version, tokenKind] = /^kubernetes:([^/:]+)\/([^/:]+):([A-Za-z0-9]+)$/.exec(type) ?? [];
  const components = ['helm.sh', 'yaml', 'kustomize'];
  if (group === 'helm.sh')
    throw new Error(
      `${type}: the stand-in for the kubernetes provider knows no Helm; a Helm release needs the real plugin: ` +
        `pulumi plugin install resource kubernetes. On k3s, a HelmChart object does without.`,
    );
  if (!group || !version || !tokenKind || components.includes(group)) {
    throw new Error(
      `${type}: the stand-in for the kubernetes provider serves API objects only, as kubernetes:<group/version>:<Kind> ` +
        `(kubernetes:apps/v1:Deployment, kubernetes:core/v1:Service). Install the real plugin to use anything else.`,
    );
  }
  const givenKind = text(inputs, 'kind');
  const patch = tokenKind.endsWith('Patch') && givenKind !== tokenKind;
  const kind = givenKind || (patch ? tokenKind.slice(0, -'Patch'.length) : tokenKind);
  if (kind.endsWith('List') && kind === tokenKind) {
    throw new Error(`${type}: a list is no object. Register each of its items as its own resource.`);
  }
  const tokenVersion = group === 'core' ? version : `${group}/${version}`;
  return { apiVersion: text(inputs, 'apiVersion') || tokenVersion, kind, patch };
}

/** The resource's type, which is the last part but one of its URN and of the types of its parents. */
export function typeOfUrn(urn: string): string {
  return urn.split('::')[2]?.split('$').at(-1) ?? '';
}

/** `namespace/name`, or `name` for what belongs to the cluster. */
export function parseId(id: string): { readonly namespace: string; readonly name: string } {
  const slash = id.indexOf('/');
  return { namespace: slash < 0 ? '' : id.slice(0, slash), name: id.slice(slash + 1) };
}

export function idOf(live: Properties): string {
  const namespace = text(live, 'metadata', 'namespace');
  return namespace ? `${namespace}/${text(live, 'metadata', 'name')}` : text(live, 'metadata', 'name');
}

/** Set by the API server alone, so neither sent nor compared. */
const serverFields = [
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
];

export function withoutServerFields(object: Properties): Properties {
  const metadata = object.metadata;
  if (!isProperties(metadata)) return object;
  const kept = Object.entries(metadata).filter(([key]) => !serverFields.includes(key));
  return { ...object, metadata: Object.fromEntries(kept) };
}
