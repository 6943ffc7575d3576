import { objectProblem } from '../../stacks/object-problem.js';

const say = (message: string) =>
  objectProblem({ severity: 'error', object: 'Deployment shop/web', message }, 'dev').message;

describe('objectProblem', () => {
  it.each([
    [
      "the stand-in's conflict",
      'cannot update Deployment "shop/web": other field managers own fields that this resource sets:\n  .spec.replicas: conflict with "kubectl-scale" using apps/v1\n  .metadata.labels.app: conflict with "kubectl-edit" using v1\nLeave these',
      '.spec.replicas (kubectl-scale), .metadata.labels.app (kubectl-edit). Take them back with --force-conflicts',
    ],
    [
      "the API server's conflict",
      'Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas',
      'changed in the cluster: .spec.replicas (kubectl-edit). Take',
    ],
    [
      "the API server's conflict in several fields",
      'Apply failed with 2 conflicts: conflicts with "kubectl-edit" using apps/v1:\n- .spec.replicas\n- .spec.paused',
      'changed in the cluster: .spec.replicas (kubectl-edit), .spec.paused (kubectl-edit). Take',
    ],
    [
      'a webhook that refuses',
      'cannot create it: admission webhook "images.example.com" denied the request: latest is no version',
      'latest is no version. Change the object to what the rule allows, or ask whoever runs the webhook images.example.com',
    ],
    [
      'a webhook that does not answer',
      'Internal error occurred: failed calling webhook "images.example.com": no endpoints available',
      'images.example.com, which does not answer: no endpoints available',
    ],
    [
      'a quota',
      'pods "web-1" is forbidden: exceeded quota: all, requested: requests.cpu=100m,pods=1, used: pods=9, limited: pods=9',
      'the quota all: it asks for requests.cpu=100m,pods=1, of pods=9 are pods=9 taken. Raise the environment',
    ],
    ['a missing namespace', 'namespaces "shop" not found', 'Bring that up first: up without naming services'],
    [
      'a namespace that is being deleted',
      'configmaps "a" is forbidden: unable to create new content in namespace shop because it is being terminated',
      'Wait until it is gone (kubectl wait --for=delete namespace/shop), then bring its cluster up',
    ],
    [
      'an object that is being deleted',
      'cannot create ConfigMap "shop/a": object is being deleted: configmaps "a" already exists',
      'wait until it is gone, or look at what holds it (metadata.finalizers)',
    ],
    [
      'an unknown kind',
      'the API server knows no kind Issuer in cert-manager.io/v1. Create its',
      'of the kind Issuer (cert-manager.io/v1), which the cluster does not know',
    ],
    [
      'what is forbidden',
      'deployments.apps is forbidden: User "system:serviceaccount:x:ci" cannot create resource "deployments" in API group "apps"',
      'by system:serviceaccount:x:ci, as whom the kubeconfig logs in: cannot create resource "deployments"',
    ],
    ['what it does not know', 'spec.replicas: Invalid value: -1', 'spec.replicas: Invalid value: -1'],
  ])('says how to mend %s', (_, message, expected) => {
    expect(say(message)).toContain(expected);
  });

  it('says where', () => {
    const place = (object?: string) =>
      objectProblem({ severity: 'error', object, message: 'x' }, 'dev').where;
    expect([place('Deployment shop/web'), place()]).toEqual(['Deployment shop/web', 'stack dev']);
  });
});
