import * as pulumi from '@pulumi/pulumi';

export interface HelmReleaseProps {
  /** The chart's name in its repository; or a folder, a URL of an archive, or `oci://…`. */
  readonly chart: pulumi.Input<string>;
  /** URL of the repository. @default none: `chart` says it all */
  readonly repository?: pulumi.Input<string>;
  /** An exact version, such as `4.12.1`: another one is another deployment. */
  readonly version: pulumi.Input<string>;
  readonly namespace: pulumi.Input<string>;
  /** Make the namespace where it is not there. @default false: somebody owns it */
  readonly createNamespace?: pulumi.Input<boolean>;
  /** What Helm calls the release. @default the resource's name */
  readonly releaseName?: pulumi.Input<string>;
  /** Values of the chart; secrets as Outputs. @default the chart's own */
  readonly values?: pulumi.Input<{ readonly [key: string]: pulumi.Input<unknown> }>;
  /** Seconds until what does not get ready is a failure. @default 300 */
  readonly timeout?: pulumi.Input<number>;
}

/**
 * A Helm chart of somebody else beside the objects of an application, installed by Pulumi's kubernetes plugin as Helm
 * would: with its hooks, and listed by `helm list`. Where it fails it is rolled back.
 *
 * Keelson's stand-in for that plugin, on the embedded cluster, knows no Helm.
 *
 * @example
 * const { provider } = new KeelsonStack(application);
 * new HelmRelease(
 *   'beside',
 *   {
 *     repository: 'https://charts.example.com',
 *     chart: 'beside',
 *     version: '1.2.3',
 *     namespace: 'beside',
 *   },
 *   { provider },
 * );
 */
export class HelmRelease extends pulumi.CustomResource {
  constructor(
    name: string,
    props: HelmReleaseProps,
    options: pulumi.CustomResourceOptions & { readonly provider: pulumi.ProviderResource },
  ) {
    const { repository, releaseName = name, ...rest } = props;
    super(
      'kubernetes:helm.sh/v3:Release',
      name,
      {
        ...rest,
        name: releaseName,
        atomic: true,
        ...(repository !== undefined && { repositoryOpts: { repo: repository } }),
      },
      options,
    );
  }
}
