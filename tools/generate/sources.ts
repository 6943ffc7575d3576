import { modules } from '../../lib/config/versions.js';

/** A Go module that files are generated from. */
export interface Source {
  readonly module: string;
  /** With its leading `v`. */
  readonly version: string;
  readonly licence: string;
  readonly copyright: string;
}

const apache = { licence: 'Apache-2.0' } as const;

export const certManager: Source = {
  module: 'github.com/cert-manager/cert-manager',
  version: modules.certManager,
  ...apache,
  copyright: 'The cert-manager Authors',
};

export const traefik: Source = {
  module: 'github.com/traefik/traefik/v3',
  version: modules.traefik,
  licence: 'MIT',
  copyright: 'Copyright (c) 2016-2020 Containous SAS; 2020-2025 Traefik Labs',
};

export const helmController: Source = {
  module: 'github.com/k3s-io/helm-controller',
  version: modules.helmController,
  ...apache,
  copyright: 'The k3s Authors',
};

export const prometheusOperator: Source = {
  module: 'github.com/prometheus-operator/prometheus-operator',
  version: modules.prometheusOperator,
  ...apache,
  copyright: 'The prometheus-operator Authors',
};

export const kubernetes: Source = {
  module: 'k8s.io/kubernetes',
  version: modules.kubernetes,
  ...apache,
  copyright: 'The Kubernetes Authors',
};
