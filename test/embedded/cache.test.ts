import { homedir } from 'node:os';
import { cacheDirectory } from '../../embedded/binaries/cache.js';

test('KEELSON_CACHE wins, and is made absolute', () => {
  expect(cacheDirectory({ KEELSON_CACHE: '/var/keelson', XDG_CACHE_HOME: '/x' })).toBe('/var/keelson');
  expect(cacheDirectory({ KEELSON_CACHE: 'here' })).toBe(`${process.cwd()}/here`);
});

test.each([
  ['linux', { HOME: '/home/ann' }, '/home/ann/.cache/keelson'],
  ['linux', { HOME: '/home/ann', XDG_CACHE_HOME: '/fast' }, '/fast/keelson'],
  ['linux', {}, `${homedir()}/.cache/keelson`],
  ['darwin', { HOME: '/Users/ann' }, '/Users/ann/Library/Caches/keelson'],
] as const)('on %s with %j it is %s', (platform, environment, expected) => {
  expect(cacheDirectory(environment, platform)).toBe(expected);
});
