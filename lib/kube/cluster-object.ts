import { type ApiObject, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { apiObject } from './api-object.js';

/** A chart gives its namespace to every object that has none; to one that only answers so later it does not. */
const NONE = Lazy.any({ produce: () => undefined }) as string;

/** Adds an object that stands in no namespace, such as a ClusterRole, to a chart that may have one. */
export const clusterObject = <T extends object>(
  scope: Construct,
  id: string,
  body: Parameters<typeof apiObject<T>>[2],
): ApiObject => apiObject<T>(scope, id, { ...body, metadata: { ...body.metadata, namespace: NONE } });
