import * as v from 'valibot';

/** A package of k3s in nixpkgs, which follows the patches of one minor. */
export const k3sPackageSchema = v.pipe(
  v.string(),
  v.regex(/^k3s_\d+_\d+$/, 'is no package such as "k3s_1_35"'),
);
