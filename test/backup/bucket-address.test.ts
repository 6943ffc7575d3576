import { parseBucketAddress, showBucketAddress } from '../../stacks/backup/bucket/bucket-address.js';

const parse = (text: string) => parseBucketAddress(text, '--to');
const SPACES = 'https://fra1.digitaloceanspaces.com';

test.each([
  [`s3://copies?endpoint=${SPACES}`, { bucket: 'copies', prefix: '', endpoint: SPACES, region: 'us-east-1' }],
  [
    's3://copies/main/daily/?endpoint=fra1.digitaloceanspaces.com&region=fra1',
    { bucket: 'copies', prefix: 'main/daily', endpoint: SPACES, region: 'fra1' },
  ],
  [
    's3://copies/main?region=eu-central-1',
    {
      bucket: 'copies',
      prefix: 'main',
      endpoint: 'https://s3.eu-central-1.amazonaws.com',
      region: 'eu-central-1',
    },
  ],
  [
    's3://copies?endpoint=http://127.0.0.1:9000',
    { bucket: 'copies', prefix: '', endpoint: 'http://127.0.0.1:9000', region: 'us-east-1' },
  ],
])('%s', (text, address) => {
  expect(parse(text)).toEqual(address);
  expect(parse(showBucketAddress(address))).toEqual(address);
});

test.each([
  ['gs://copies', /--to: "gs:\/\/copies" is neither a folder nor s3:\/\/BUCKET\/FOLDER\?endpoint=/],
  ['s3://copies', /does not say whose it is: give endpoint/],
  [`s3://Copies_1?endpoint=${SPACES}`, /"Copies_1" is no bucket's name/],
  [`s3://copies/a b?endpoint=${SPACES}`, /the folder "a%20b" may have/],
  ['s3://copies?endpiont=x', /"endpiont" is an unknown key; did you mean "endpoint"\?/],
  [`s3://copies?endpoint=${SPACES}/copies`, /endpoint ".*\/copies" is no address such as/],
  ['s3://copies?endpoint=ftp://x.example.com', /endpoint "ftp:.*" is no address such as/],
])('%s is refused, with what is allowed', (text, message) => {
  expect(() => parse(text)).toThrow(message);
});

test('a key in the address is refused and not repeated', () => {
  const refused = () => parse(`s3://AKIA:hunter2@copies?endpoint=${SPACES}`);
  expect(refused).toThrow(/set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and replace this key/);
  expect(refused).not.toThrow(/hunter2/);
});
