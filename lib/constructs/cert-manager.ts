import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { KubeObject } from '../kube/object.js';

/**
 * cert-manager with its CRDs, as its own Helm chart renders it: the same objects on every kind of cluster.
 *
 * @see ../generated/README.md for version, values and how they are made
 */
export class CertManager extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    // Read where it is used: an application without a cluster of its own never loads it.
    const objects: readonly KubeObject[] = require('../generated/cert-manager.json');
    for (const object of objects)
      new ApiObject(
        this,
        [object.kind, object.metadata.namespace, object.metadata.name].filter(Boolean).join('-'),
        {
          ...object,
        },
      );
  }
}
