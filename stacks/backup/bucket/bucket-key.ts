import { KeelsonError } from '../../../lib/config/problem.js';

/** What opens a bucket. */
export interface BucketKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * The key under the names by which Pulumi and other tools look for it.
 *
 * @throws KeelsonError where it is not there
 */
export function bucketKey(environment: NodeJS.ProcessEnv): BucketKey {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = environment;
  if (accessKeyId && secretAccessKey)
    return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  const missing = accessKeyId ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID';
  throw new KeelsonError('The bucket', [
    {
      where: missing,
      message:
        'is not set: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key that reads and writes this bucket alone (at DigitalOcean: Spaces Object Storage, Access Keys, Limited Access)',
    },
  ]);
}
