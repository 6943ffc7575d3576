export {
  Application,
  type ApplicationDefinition,
  defineApplication,
  ISSUERS,
  type IssuerName,
  type Quota,
} from './config/application.js';
export type { ImagesLock, LockedImage } from './config/images.js';
export { KeelsonError, type Problem } from './config/problem.js';
export { environmentsOf, type NamedEnvironment, type Selection } from './config/selection.js';
export { CertManager } from './constructs/cert-manager.js';
export { CertificateIssuers, type CertificateIssuersProps } from './constructs/certificate-issuers.js';
export { Environment, type EnvironmentProps } from './constructs/environment.js';
export { EnvironmentNamespace, type EnvironmentNamespaceProps } from './constructs/environment-namespace.js';
export { Ingress, type IngressProps } from './constructs/ingress.js';
export { Redis, type RedisExternalProps, type RedisProps } from './constructs/redis.js';
export type { RedisSingleProps } from './constructs/redis-single.js';
export { Service, type ServiceProps } from './constructs/service.js';
export { TraefikConfiguration } from './constructs/traefik-configuration.js';
export type { Endpoint, NetworkPeer } from './kube/endpoint.js';
export type { KubeObject } from './kube/object.js';
export type { Resources } from './kube/resources.js';
export { type SecretRef, secretRef } from './kube/secret-ref.js';
export type { Usable } from './kube/uses.js';
export type { Report } from './progress.js';
export { type Manifest, type SecretNeed, type StackManifests, type Synthesis, synthesize } from './synth.js';
export { type WriteResult, writeManifests } from './write.js';
