import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { type ImagesLock, imageReference } from '../config/images.js';
import type { IssuerName } from '../config/issuer.js';
import { hostProblem, nameProblem } from '../config/name.js';
import { didYouMean, listed } from '../config/problem.js';
import { provideContext } from '../kube/context.js';
import { allowKeys, type KeysOf } from '../kube/known-keys.js';
import { DOCKER_CONFIG_KEY, secretRef } from '../kube/secret-ref.js';

export interface EnvironmentProps<S> {
  /** Label `app.kubernetes.io/part-of` of everything inside. */
  readonly application: string;
  /** Short hosts are completed with it. */
  readonly domain: string;
  /** What differs between environments besides what Keelson knows. */
  readonly settings: S;
  /** The namespace. @default the construct's id */
  readonly namespace?: string;
  /** @default letsencrypt-staging */
  readonly issuer?: IssuerName;
  /** Contents of images.lock.json. @default none */
  readonly images?: ImagesLock;
  /** One person's own: images without a version are allowed. @default false */
  readonly personal?: boolean;
  /** The cluster that carries it; what stands on another cannot be used. @default any */
  readonly cluster?: string;
  /** Secret of type `kubernetes.io/dockerconfigjson` that lets nodes pull the images. @default none is needed */
  readonly imagePullSecret?: string;
}

const KEYS: KeysOf<EnvironmentProps<unknown>> = {
  application: true,
  domain: true,
  settings: true,
  namespace: true,
  issuer: true,
  images: true,
  personal: true,
  cluster: true,
  imagePullSecret: true,
};

/**
 * What an application has in one environment: the scope of its services.
 *
 * The namespace itself, its policies and its quota are {@link EnvironmentNamespace}: the cluster's, not the application's.
 *
 * @example
 * const env = new Environment(app, 'staging', { application: 'lunch', domain: 'staging.example.com', settings: {} });
 */
export class Environment<S = unknown> extends Chart {
  readonly name: string;
  readonly settings: S;
  readonly personal: boolean;
  private readonly images: ImagesLock;

  constructor(scope: Construct, id: string, props: EnvironmentProps<S>) {
    const { application, domain, issuer = 'letsencrypt-staging', personal = false, namespace = id } = props;
    super(scope, id, { namespace });
    allowKeys(this, props, KEYS);
    this.name = id;
    this.settings = props.settings;
    this.personal = personal;
    this.images = props.images ?? {};
    const { cluster, imagePullSecret } = props;
    provideContext(this, {
      application,
      domain,
      issuer,
      personal,
      ...(cluster !== undefined && { cluster }),
      ...(imagePullSecret !== undefined && {
        imagePullSecret: secretRef(imagePullSecret, DOCKER_CONFIG_KEY),
      }),
    });
    const problems = [
      nameProblem(namespace),
      hostProblem(domain),
      imagePullSecret === undefined ? undefined : nameProblem(imagePullSecret),
    ].filter((problem) => problem !== undefined);
    this.node.addValidation({ validate: () => problems });
  }

  /**
   * The image that the lock file names for a service here. A personal environment without an entry of its own takes
   * the tag named after it, which is what its owner has just built and pushed.
   */
  image(service: string): string {
    const locked = Object.hasOwn(this.images, service) ? this.images[service] : undefined;
    const image = locked?.[this.name];
    if (image) return imageReference(image);
    const repository = Object.values(locked ?? {})[0]?.repository;
    if (this.personal && repository) return imageReference({ repository, tag: this.name });
    const problem = locked
      ? `"${service}" has no image for the environment "${this.name}" in images.lock.json; it has ${listed(Object.keys(locked))}`
      : `there is no "${service}" in images.lock.json${didYouMean(service, Object.keys(this.images)) || ';'} there are: ${listed(Object.keys(this.images))}`;
    this.node.addValidation({ validate: () => [`image: ${problem}`] });
    return `missing/${service}:missing`;
  }
}
