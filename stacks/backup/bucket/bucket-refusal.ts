import { KeelsonError } from '../../../lib/config/problem.js';
import { printable } from '../../printable.js';
import { type Answer, codeIn } from '../../retried.js';
import { type BucketAddress, showBucketAddress } from './bucket-address.js';
import { textsIn } from './xml.js';

const KEY = 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';

/** Codes of S3 → what a person can do. @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const EXPLAINED: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: `does not know the key: set ${KEY} to one that it has`,
  SignatureDoesNotMatch: `says that AWS_SECRET_ACCESS_KEY is not that of AWS_ACCESS_KEY_ID: set both anew`,
  AccessDenied: `does not let this key do that: give ${KEY} of one that may read, write and delete in it`,
  NoSuchBucket: 'is not there: make it first, private, or correct its name or endpoint',
  AuthorizationHeaderMalformed: 'is in another region: give region=… as its provider names it',
  PermanentRedirect: 'is at another endpoint: give the one of its region',
  RequestTimeTooSkewed: "refuses this machine's clock: set it right",
  InvalidObjectState: 'has moved it to an archive: bring it back from there first',
};

/** Why a bucket did not do it. */
export function bucketRefusal(address: BucketAddress, what: string, { status, bytes }: Answer): KeelsonError {
  const text = new TextDecoder().decode(bytes);
  const [code = ''] = textsIn(text, 'Code');
  const [message = ''] = textsIn(text, 'Message');
  const said = [code, message].filter(Boolean).join(': ') || `status ${status}`;
  return problem(
    address,
    `${EXPLAINED[code] ?? EXPLAINED_STATUS[status] ?? 'refuses'} (${what}: ${printable(said).slice(0, 200)})`,
  );
}

/** For answers without a word, as those of HEAD, and of proxies. */
const EXPLAINED_STATUS: Readonly<Record<number, string | undefined>> = {
  403: EXPLAINED.AccessDenied,
  503: 'is too busy, also when asked again',
};

/** Why there was no answer. */
export function noBucketAnswer(address: BucketAddress, what: string, error: unknown): KeelsonError {
  const { cause, message } = (error ?? {}) as { readonly cause?: Partial<Error>; readonly message?: string };
  const reason = codeIn(error) ?? cause?.message ?? message;
  return problem(address, `did not answer, also when asked again (${what}: ${reason})`);
}

const problem = (address: BucketAddress, message: string): KeelsonError =>
  new KeelsonError('The bucket', [{ where: showBucketAddress(address), message }]);
