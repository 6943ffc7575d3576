import { missingIn, type SecretsFile } from '../../stacks/missing-secrets.js';

const NEEDS = [
  { name: 'web', namespace: 'shop', keys: ['ca.crt', 'url'], generate: false },
  { name: 'web', namespace: 'jobs', keys: ['url'], generate: false },
];
const SECURE = { secure: 'v1:abc' };
const missing = (file: SecretsFile) => missingIn(file, NEEDS, 'staging').map(({ where }) => where);
const having = (secrets: unknown): SecretsFile => ({ config: { 'keelson:secrets': secrets } });

test('each value that a file lacks is missing once, with the command that sets it', () => {
  expect(missing({})).toEqual(['keelson:secrets.web["ca.crt"]', 'keelson:secrets.web.url']);
  expect(missing(having({ web: { 'ca.crt': SECURE } }))).toEqual(['keelson:secrets.web.url']);
  expect(missing(having({ web: { 'ca.crt': SECURE, url: SECURE } }))).toEqual([]);
  expect(missingIn({}, NEEDS, 'staging')[1]?.message).toBe(
    "is not set; set it with: pulumi config set --secret --stack staging --path 'keelson:secrets.web.url'",
  );
});

test('a file that does not show what it has is left to the run', () => {
  expect(missing(having(SECURE))).toEqual([]);
  expect(missing({ environment: ['shop/staging'] })).toEqual([]);
});
