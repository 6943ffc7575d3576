import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../kube/object.js';
import { isFields } from './json.js';

/** Any value. */
const ANY = Symbol('any');

const ADMISSION = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} };
const POD = { serviceAccount: ANY };
const TEMPLATE = { spec: { template: { spec: POD } } };
const WEBHOOKS = {
  webhooks: {
    '*': {
      ...ADMISSION,
      timeoutSeconds: 10,
      reinvocationPolicy: 'Never',
      rules: { '*': { scope: '*' } },
      clientConfig: { service: { port: 443 } },
    },
  },
};
const POLICY = {
  spec: { matchConstraints: { ...ADMISSION, resourceRules: { '*': { scope: '*' } } } },
};

/**
 * What an API server writes into a new object in the name of whoever creates it, beyond the defaults of
 * `defaults.ts`: by kind, down to the value; `*` stands for the items of a list.
 */
const WORDS: Readonly<Record<string, object>> = {
  CronJob: { spec: { jobTemplate: TEMPLATE } },
  CustomResourceDefinition: { spec: { conversion: { strategy: 'None' } } },
  DaemonSet: TEMPLATE,
  Deployment: TEMPLATE,
  HelmChartConfig: { spec: { failurePolicy: 'reinstall' } },
  Job: TEMPLATE,
  MutatingWebhookConfiguration: WEBHOOKS,
  Namespace: { metadata: { labels: { 'kubernetes.io/metadata.name': ANY } } },
  StatefulSet: {
    spec: {
      ...TEMPLATE.spec,
      volumeClaimTemplates: { '*': { apiVersion: 'v1', kind: 'PersistentVolumeClaim', status: ANY } },
    },
  },
  ValidatingAdmissionPolicy: POLICY,
  ValidatingWebhookConfiguration: WEBHOOKS,
};

/** The object without them, so that one that says them means the same as one that does not. */
export function withoutServerWords(object: KubeObject): KubeObject {
  const words = Object.hasOwn(WORDS, object.kind) ? WORDS[object.kind] : undefined;
  return words ? (without(object, words) as KubeObject) : object;
}

/** @returns undefined where nothing is left of what had something */
function without(value: unknown, words: unknown): unknown {
  if (words === ANY || isDeepStrictEqual(value, words)) return undefined;
  if (!isFields(words)) return value;
  if (Array.isArray(value))
    return '*' in words ? value.map((item) => without(item, words['*']) ?? {}) : value;
  if (!isFields(value)) return value;
  const left = Object.entries(value).flatMap(([name, inner]) => {
    const rest = Object.hasOwn(words, name) ? without(inner, words[name]) : inner;
    return rest === undefined ? [] : [[name, rest]];
  });
  return Object.fromEntries(left);
}
