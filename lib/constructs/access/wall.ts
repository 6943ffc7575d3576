import type { Construct } from 'constructs';
import type {
  RuleWithOperations,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from 'kubernetes-types/admissionregistration/v1';
import { clusterObject } from '../../kube/cluster-object.js';
import { ACCESS_GROUP } from '../../kube/identity.js';
import { CLOSING_POLICIES } from '../closed-namespace.js';

const NAME = 'keelson-closing-policies';
const API = 'admissionregistration.k8s.io/v1';

/** kubernetes-types has no `resources` there. */
const CHANGES: RuleWithOperations & { readonly resources: string[] } = {
  apiGroups: ['networking.k8s.io'],
  apiVersions: ['v1'],
  resources: ['networkpolicies'],
  operations: ['UPDATE', 'DELETE'],
};

/**
 * Who deploys makes the network policies of his workloads, and RBAC cannot except some of a kind. So admission keeps
 * those that close the namespace.
 */
export function addWall(scope: Construct): void {
  clusterObject<ValidatingAdmissionPolicy>(scope, 'wall', {
    apiVersion: API,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: NAME },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [CHANGES] },
      matchConditions: [
        { name: 'by-an-identity', expression: `${JSON.stringify(ACCESS_GROUP)} in request.userInfo.groups` },
      ],
      validations: [
        {
          expression: `!(request.name in ${JSON.stringify(CLOSING_POLICIES)})`,
          message: "it closes the namespace and belongs to the cluster's stack",
          reason: 'Forbidden',
        },
      ],
    },
  });
  clusterObject<ValidatingAdmissionPolicyBinding>(scope, 'wall-binding', {
    apiVersion: API,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: NAME },
    spec: { policyName: NAME, validationActions: ['Deny'] },
  });
}
