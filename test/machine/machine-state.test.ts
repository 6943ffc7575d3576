import { parseState } from '../../stacks/machine/machine-state.js';

test('a state is read from lines; what is missing is undefined', () => {
  expect(parseState('phase=nixos\ntree=abc\nk3s=k3s_1_35\nready=yes\n')).toEqual({
    phase: 'nixos',
    detail: '',
    ready: true,
    activating: false,
    tree: 'abc',
    k3s: 'k3s_1_35',
    trying: undefined,
    rolledBack: undefined,
  });
  expect(parseState('phase=failed\ndetail=one = two\ndetail=three\n')).toMatchObject({
    phase: 'failed',
    detail: 'one = two\nthree',
  });
  expect(parseState('')).toMatchObject({ phase: 'installing', ready: false });
});
