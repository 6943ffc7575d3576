import { ApiError, forbidden } from './api-error.js';
import { GONE, type Route } from './router.js';

/**
 * As much of Spaces as makes and deletes a bucket, with the bucket's name in the path. Requests are not signed here:
 * whoever names an access key of full access may make buckets.
 */
export const spaces: readonly Route[] = [
  {
    method: 'PUT',
    path: '/spaces/:region/:bucket',
    handle: ({ account, params: { region = '', bucket = '' }, query, body }) => {
      if (query.has('lifecycle')) {
        account.get('buckets', bucket).lifecycle = body.rules ?? null;
        return {};
      }
      const key = account.get('spaces_keys', query.get('key') ?? '');
      const grants = key.grants as { permission?: string }[];
      if (!grants.some(({ permission }) => permission === 'fullaccess')) throw forbidden('AccessDenied');
      if (account.all('buckets').has(bucket)) throw new ApiError(409, 'BucketAlreadyExists', bucket);
      account.add('buckets', bucket, { name: bucket, region });
      return {};
    },
  },
  {
    method: 'GET',
    path: '/spaces/:region/:bucket',
    handle: ({ account, params: { bucket = '' } }) => ({ body: account.get('buckets', bucket) }),
  },
  {
    method: 'DELETE',
    path: '/spaces/:region/:bucket',
    handle: ({ account, params: { bucket = '' } }) => {
      account.get('buckets', bucket);
      account.all('buckets').delete(bucket);
      return GONE;
    },
  },
];
