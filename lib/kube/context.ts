import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { IssuerName } from '../config/issuer.js';
import type { SecretRef } from './secret-ref.js';

/** What a construct may ask of the environment around it. In a stranger's chart there is none, and props say it all. */
export interface EnvironmentContext {
  readonly application: string;
  /** Whether images may go without a version: what a person has just built. */
  readonly personal: boolean;
  readonly domain: string;
  readonly issuer: IssuerName;
  /** The cluster that carries it: a Service answers inside its own only. */
  readonly cluster?: string;
  /** Lets nodes pull the team's images. */
  readonly imagePullSecret?: SecretRef;
}

const contexts = new WeakMap<Chart, EnvironmentContext>();

export const provideContext = (chart: Chart, context: EnvironmentContext): void => {
  contexts.set(chart, context);
};
export const findContext = (scope: Construct): EnvironmentContext | undefined =>
  contexts.get(Chart.of(scope));
export const partOf = (scope: Construct): string | undefined => findContext(scope)?.application;
export const namespaceOf = (scope: Construct): string | undefined => Chart.of(scope).namespace;
