export { Application, type ApplicationDefinition, defineApplication } from './application.js';
export type { AccessLevel } from './config/access.js';
export type { Quota } from './config/application-schema.js';
export type { ImagesLock, LockedImage } from './config/images.js';
export { ISSUERS, type IssuerName } from './config/issuer.js';
export { KeelsonError, type Problem } from './config/problem.js';
export { environmentsOf, type NamedEnvironment, type Selection } from './config/selection.js';
export { Access, type AccessProps, type NamespaceAccess } from './constructs/access.js';
export type { Autoscale } from './constructs/autoscaler.js';
export { BlockStorage, type BlockStorageProps } from './constructs/block-storage.js';
export { CertManager } from './constructs/cert-manager.js';
export { Certificate, type CertificateProps } from './constructs/certificate.js';
export {
  type AcmeServer,
  CertificateIssuers,
  type CertificateIssuersProps,
  type DigitalOceanDns,
} from './constructs/certificate-issuers.js';
export { Environment, type EnvironmentProps } from './constructs/environment.js';
export { EnvironmentNamespace, type EnvironmentNamespaceProps } from './constructs/environment-namespace.js';
export { External, type ExternalProps } from './constructs/external.js';
export { Ingress, type IngressProps } from './constructs/ingress.js';
export { IngressRoute, type IngressRouteProps, type MatchedRoute } from './constructs/ingress-route.js';
export { Job, type JobProps } from './constructs/job.js';
export { Middleware, type MiddlewareProps, securityHeaders } from './constructs/middleware.js';
export type { AlertRule } from './constructs/monitoring/alerts.js';
export { Monitoring, type MonitoringProps } from './constructs/monitoring.js';
export { PlatformNamespace, type PlatformNamespaceProps } from './constructs/platform-namespace.js';
export { Redis, type RedisExternalProps, type RedisProps } from './constructs/redis.js';
export type { RedisClusterProps } from './constructs/redis-cluster.js';
export type { RedisSingleProps } from './constructs/redis-single.js';
export { nodeRegistry } from './constructs/registry/address.js';
export {
  type NodeRegistry,
  type RegistriesConfiguration,
  registriesConfiguration,
} from './constructs/registry/registries-configuration.js';
export { Registry, type RegistryProps } from './constructs/registry.js';
export { ScheduledJob, type ScheduledJobProps } from './constructs/scheduled-job.js';
export { Service, type ServiceProps } from './constructs/service.js';
export { StatefulService, type StatefulServiceProps, type Storage } from './constructs/stateful-service.js';
export { TlsOption, type TlsOptionProps } from './constructs/tls-option.js';
export { TraefikConfiguration, type TraefikConfigurationProps } from './constructs/traefik-configuration.js';
export { Worker, type WorkerProps } from './constructs/worker.js';
export type { Graph, GraphEdge, GraphNode, NodeKind } from './graph/graph.js';
export { graphOf } from './graph/graph-of.js';
export { graphHtml } from './graph/html.js';
export { graphJson } from './graph/json.js';
export { graphMermaid } from './graph/mermaid.js';
export { apiObject } from './kube/api-object.js';
export type { Component, ComponentKind, Edge } from './kube/component.js';
export type { ContainerProps } from './kube/container.js';
export type { DataDump } from './kube/data-dump.js';
export type { Endpoint, NetworkPeer } from './kube/endpoint.js';
export type { Files } from './kube/files.js';
export type { Metrics } from './kube/metrics.js';
export type { KubeObject } from './kube/object.js';
export type { Resources } from './kube/resources.js';
export type { MiddlewareRef, Route } from './kube/route.js';
export { type SecretRef, secretRef } from './kube/secret-ref.js';
export type { Usable } from './kube/uses.js';
export type { Mounts, Volume } from './kube/volumes.js';
export { machineFiles } from './machine/machine-files.js';
export { type NodeInput, type NodeSettings, nodeJson, parseNode } from './machine/node.js';
export { parseUnresolved, unresolvedProblems } from './machine/unresolved.js';
export { firstState, type UserDataOptions, userData } from './machine/user-data.js';
export { type Manifest, manifestsOf } from './manifests.js';
export type { Report } from './progress.js';
export type { SecretNeed } from './secret-needs.js';
export { type StackManifests, type Synthesis, synthesize } from './synth.js';
export { type WriteResult, writeManifests } from './write.js';
