import { Construct } from 'constructs';
import { defined } from '../config/defined.js';
import { nameProblem } from '../config/name.js';
import type { TLSOption, TLSOptionSpec } from '../generated/custom-resources/traefik.js';
import { apiObject } from '../kube/api-object.js';
import { unknownTraefikFields } from '../kube/custom-resource-fields.js';

type Version = 'VersionTLS12' | 'VersionTLS13';

export interface TlsOptionProps extends Omit<TLSOptionSpec, 'minVersion' | 'maxVersion'> {
  /** @default the construct's id */
  readonly name?: string;
  /** @default VersionTLS12 */
  readonly minVersion?: Version;
  /** @default the newest that both sides know */
  readonly maxVersion?: Version;
}

/**
 * How TLS is spoken on the hosts of an {@link IngressRoute}: versions, ciphers, client certificates. Without one, the
 * cluster's default holds, which TraefikConfiguration sets.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/tls/tlsoption/
 * @example
 * const partners = new TlsOption(chart, 'partners', {
 *   clientAuth: { clientAuthType: 'RequireAndVerifyClientCert', secretNames: ['partners-ca'] },
 * });
 */
export class TlsOption extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, { name = id, ...spec }: TlsOptionProps = {}) {
    super(scope, id);
    this.name = name;
    apiObject<TLSOption>(this, 'tls-option', {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'TLSOption',
      metadata: { name },
      spec: { minVersion: 'VersionTLS12', ...defined(spec) },
    });
    this.node.addValidation({
      validate: () => [
        ...(nameProblem(name) ? [`name: ${nameProblem(name)}`] : []),
        ...unknownTraefikFields('TLSOption', spec),
      ],
    });
  }
}
