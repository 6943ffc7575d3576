import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import { labels } from './labels.js';

/** An object typed by `kubernetes-types`, whose `apiVersion` and `kind` are optional. */
interface Typed {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: unknown;
}

type Body<T extends Typed> = Omit<T, 'metadata' | 'status'> & {
  readonly apiVersion: NonNullable<T['apiVersion']>;
  readonly kind: NonNullable<T['kind']>;
  readonly metadata: ApiObjectMetadata & { readonly name: string };
};

/**
 * Adds one object to the chart, with the labels of every object.
 *
 * A plain cdk8s ApiObject and not a class of cdk8s-plus-27's `k8s`: those drop every field that Kubernetes 1.27 did
 * not know, patches included, without a word.
 */
export function apiObject<T extends Typed>(scope: Construct, id: string, body: Body<T>): ApiObject {
  return new ApiObject(scope, id, {
    ...body,
    metadata: { ...body.metadata, labels: { ...labels(scope, body.metadata.name), ...body.metadata.labels } },
  });
}
