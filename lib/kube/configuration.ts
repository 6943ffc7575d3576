import { createHash } from 'node:crypto';
import type { Construct } from 'constructs';
import type { ConfigMap } from 'kubernetes-types/core/v1';
import { apiObject } from './api-object.js';

/** Texts by the name of their file. */
export type Configuration = Readonly<Record<string, string>>;

/** Adds the ConfigMap that pods mount. */
export const addConfiguration = (scope: Construct, name: string, data: Configuration) =>
  apiObject<ConfigMap>(scope, 'configuration', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data,
  });

/** An annotation for the pods that changes with the texts: a program that reads them once has to start again. */
export const configurationAnnotation = (data: Configuration): Record<string, string> => ({
  'keelson.dev/configuration': createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 16),
});
