import fc from 'fast-check';
import { wrapped } from '../../cli/wrapped.js';

const word = fc.stringMatching(/^[a-z/.-]{1,20}$/);

test('no word is broken or lost, and no line is longer than asked unless one word is', () =>
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 10, max: 80 }), (words, width) => {
      const lines = wrapped(words.join(' '), { width, first: '+ ', rest: '    ' });
      expect(lines.flatMap((line) => line.replace(/^\+/, '').trim().split(' '))).toEqual(words);
      for (const line of lines)
        if (line.length > width) expect(line.replace(/^\+/, '').trim()).not.toContain(' ');
    }),
  ));

test('a comma stays at the end of its line', () => {
  expect(wrapped('one, two, three', { width: 9, first: '  ', separator: ', ' })).toEqual([
    '  one,',
    '  two,',
    '  three',
  ]);
});
