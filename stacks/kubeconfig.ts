import * as pulumi from '@pulumi/pulumi';
import { KeelsonError } from '../lib/config/problem.js';
import { clusterIdentity, readKubeconfig, withServer } from './kubeconfig-file.js';
import { plainError } from './plain-error.js';

/**
 * Where a stack gets its access from. Always said, never taken from $KUBECONFIG or the current context: those belong
 * to whatever somebody did last.
 *
 * - a file and one context in it
 * - another stack, whose output `kubeconfig` it is
 * - its contents, such as the output of a `ManagedCluster` in the same program, and where this run reaches the API, such
 *   as a forward's end
 * - `not-there-yet`: for previews before there is a cluster
 */
export type KubeconfigSource =
  | { readonly file: string; readonly context: string }
  | { readonly clusterStack: string }
  | { readonly content: pulumi.Input<string>; readonly server?: string }
  | 'not-there-yet';

export interface Kubeconfig {
  /** A secret, with one context. Unknown in a preview where there is no cluster yet. */
  readonly content: pulumi.Output<string>;
  /** The same for others, without what holds for this run alone. */
  readonly shared: pulumi.Output<string>;
  /** Stays the same as long as the cluster does. */
  readonly clusterIdentity: pulumi.Output<string>;
}

/** @throws KeelsonError where the file or context is not there, or nothing but a preview could go on. */
export function kubeconfig(source: KubeconfigSource): Kubeconfig {
  if (source === 'not-there-yet') {
    if (!pulumi.runtime.isDryRun())
      throw new KeelsonError(`The configuration of stack "${pulumi.getStack()}"`, [
        {
          where: 'keelson:kubeconfig',
          message: `is not set, so there is no cluster to apply to; set it and keelson:context, or keelson:clusterStack: pulumi config set --stack ${pulumi.getStack()} keelson:kubeconfig PATH`,
        },
      ]);
    return known(pulumi.output(pulumi.unknown as unknown as string));
  }
  if ('clusterStack' in source) return known(fromStack(source.clusterStack));
  if ('content' in source) return known(pulumi.output(source.content), source.server);
  return known(pulumi.output(readKubeconfig(source.file, source.context).content));
}

const known = (content: pulumi.Output<string>, server?: string): Kubeconfig => ({
  content: pulumi.secret(server === undefined ? content : content.apply((text) => withServer(text, server))),
  shared: pulumi.secret(content),
  clusterIdentity: pulumi.unsecret(content.apply(clusterIdentity)),
});

function fromStack(name: string): pulumi.Output<string> {
  const reference = new pulumi.StackReference(name);
  return pulumi.output(
    reference.getOutputDetails('kubeconfig').then(({ value, secretValue }): string => {
      const found: unknown = secretValue ?? value;
      if (typeof found === 'string') return found;
      if (pulumi.runtime.isDryRun()) return pulumi.unknown as unknown as string;
      // Nobody catches what is thrown here: the engine is told as it is.
      throw plainError(
        new KeelsonError(`Stack "${name}"`, [
          {
            where: 'kubeconfig',
            message: `is no output of it; bring it up first: pulumi up --stack ${name}`,
          },
        ]),
      );
    }),
  );
}
