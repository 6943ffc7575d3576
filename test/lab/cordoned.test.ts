import { cordoned } from './cordoned.js';

/** A cluster that notes what kubectl is asked, and does not answer some of it. */
function cluster(refused: readonly string[] = []) {
  const asked: string[] = [];
  const kubectl = async (...args: readonly string[]) => {
    asked.push(args.join(' '));
    if (refused.includes(args[0] ?? '')) throw new Error(`no answer to ${args[0]}`);
    return '';
  };
  return { asked, kubectl };
}

test('pods can start again after what was done meanwhile', async () => {
  const lab = cluster();
  await cordoned(lab, 'one', async () => void lab.asked.push('work'));
  expect(lab.asked).toEqual(['cordon one', 'work', 'uncordon one']);
});

test('also after what failed, whose error it is', async () => {
  const lab = cluster(['uncordon']);
  await expect(cordoned(lab, 'one', () => Promise.reject(new Error('the power is gone')))).rejects.toThrow(
    'the power is gone',
  );
  expect(lab.asked).toEqual(['cordon one', 'uncordon one']);
});

test('a node that stays closed is an error', async () => {
  await expect(cordoned(cluster(['uncordon']), 'one', async () => {})).rejects.toThrow('uncordon');
});
