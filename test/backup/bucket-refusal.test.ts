import { bucketRefusal } from '../../stacks/backup/bucket/bucket-refusal.js';

const ADDRESS = { bucket: 'copies', prefix: 'main', endpoint: 'https://s3.example.com', region: 'us-east-1' };

const said = (status: number, text: string) =>
  bucketRefusal(ADDRESS, 'list it', {
    status,
    headers: new Headers(),
    bytes: new TextEncoder().encode(text),
  }).message;

const xml = (code: string, message: string) =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;

test.each([
  ['InvalidAccessKeyId', 403, /does not know the key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/],
  ['AccessDenied', 403, /does not let this key do that/],
  ['NoSuchBucket', 404, /is not there: make it first/],
  ['AuthorizationHeaderMalformed', 400, /give region=/],
  ['InternalError', 500, /refuses \(list it: InternalError: &lt; it &gt; failed\)/],
])('%s is explained, with the words of the server', (code, status, explained) => {
  const text = said(status, xml(code, '&amp;lt; it &amp;gt; failed'));
  expect(text).toContain('s3://copies/main?endpoint=https://s3.example.com&region=us-east-1: ');
  expect(text).toMatch(explained);
  expect(text).toContain(code);
});

test('an answer without a word is explained by its status, and nothing of it reaches the terminal', () => {
  expect(said(403, '')).toContain('does not let this key do that');
  expect(said(502, '<html>Bad Gateway</html>')).toContain('refuses (list it: status 502)');
  expect(said(500, xml('Odd', '\u001b[2Jgone'))).not.toContain('\u001b');
});
