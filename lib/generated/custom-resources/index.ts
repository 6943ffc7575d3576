export type * from './cert-manager.js';
export type * from './traefik.js';
export type * from './k3s.js';
export type * from './prometheus-operator.js';
