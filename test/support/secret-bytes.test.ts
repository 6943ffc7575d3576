import fc from 'fast-check';
import { holds } from './secret-bytes.js';

const secret = fc.string({ minLength: 12, maxLength: 60 });

test('a secret is found in every form, wherever it stands', () => {
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
      const text = `${before}${value}${after}`;
      expect(holds(text, value)).toBe(true);
      expect(holds(JSON.stringify({ text }), value)).toBe(true);
      expect(holds(encodeURIComponent(text), value)).toBe(true);
      expect(holds(Buffer.from(text).toString('base64'), value)).toBe(true);
      expect(holds(Buffer.from(text).toString('base64url'), value)).toBe(true);
      expect(holds(Buffer.from(text).toString('hex'), value)).toBe(true);
    }),
  );
});

test('and not where it is not', () => {
  fc.assert(
    fc.property(secret, (value) => {
      expect(holds(value.slice(1), value)).toBe(false);
      expect(holds('', value)).toBe(false);
    }),
  );
});
