import { KeelsonError, type Problem, unknownKey } from '../../../lib/config/problem.js';

/** A bucket, and a folder in it. */
export interface BucketAddress {
  readonly bucket: string;
  /** Without slashes at its ends; empty for all of the bucket. */
  readonly prefix: string;
  /** Of the provider, such as `https://fra1.digitaloceanspaces.com`. */
  readonly endpoint: string;
  readonly region: string;
}

const SHAPE = 's3://BUCKET/FOLDER?endpoint=https://fra1.digitaloceanspaces.com';

/** What other tools take for any provider that has one place alone. */
const ANY_REGION = 'us-east-1';

const PARAMETERS = ['endpoint', 'region'];

/** Whether it is meant to be no folder of this machine. */
export const isAddress = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(text);

/**
 * Reads `s3://BUCKET/FOLDER?endpoint=…&region=…`, the form in which Pulumi takes a bucket too.
 *
 * @param where names what gave it
 * @throws KeelsonError with everything that is wrong
 */
export function parseBucketAddress(text: string, where: string): BucketAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 's3:')
    fail([{ where, message: `"${text.replace(/\/\/.*@/, '//')}" is neither a folder nor ${SHAPE}` }]);
  const problems: Problem[] = [];
  const refuse = (message: string): void => void problems.push({ where, message });
  if (url.username || url.password)
    refuse(
      'has a key in it, which the shell remembers and every process sees: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and replace this key',
    );
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.host))
    refuse(`"${url.host}" is no bucket's name: 3 to 63 small letters, digits, dots and hyphens (${SHAPE})`);
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  if (!/^[\w.-]*(\/[\w.-]+)*$/.test(prefix))
    refuse(`the folder "${prefix}" may have letters, digits, ".", "_" and "-" between slashes`);
  for (const key of url.searchParams.keys())
    if (!PARAMETERS.includes(key)) refuse(`"${key}" is an ${unknownKey(key, PARAMETERS)}`);
  const region = url.searchParams.get('region') ?? '';
  const given = url.searchParams.get('endpoint') ?? '';
  if (!given && !region) refuse(`does not say whose it is: give endpoint (${SHAPE}), or region for AWS`);
  const endpoint = originOf(given || `s3.${region || ANY_REGION}.amazonaws.com`);
  if (endpoint === undefined)
    refuse(
      `endpoint "${given}" is no address such as https://fra1.digitaloceanspaces.com, with nothing behind`,
    );
  if (problems.length > 0 || endpoint === undefined) fail(problems);
  return { bucket: url.host, prefix, endpoint, region: region || ANY_REGION };
}

/** As {@link parseBucketAddress} reads it. */
export const showBucketAddress = ({ bucket, prefix, endpoint, region }: BucketAddress): string =>
  `s3://${[bucket, prefix].filter(Boolean).join('/')}?endpoint=${endpoint}&region=${region}`;

function originOf(text: string): string | undefined {
  const full = isAddress(text) ? text : `https://${text}`;
  if (!URL.canParse(full)) return undefined;
  const { protocol, origin, href } = new URL(full);
  return /^https?:$/.test(protocol) && href.replace(/\/$/, '') === origin ? origin : undefined;
}

function fail(problems: readonly Problem[]): never {
  throw new KeelsonError('The bucket', problems);
}
