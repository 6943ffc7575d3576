import * as v from 'valibot';
import { nameSchema } from './name.js';

/** Registry and path without tag, such as `registry.example.com/lunch/web`. */
export const repositorySchema = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/,
    (issue) =>
      `${JSON.stringify(issue.input)} is no repository; give registry and path without a tag, such as "registry.example.com/lunch/web"`,
  ),
);

const imageSchema = v.object({
  repository: repositorySchema,
  tag: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\w[\w.-]{0,127}$/, (issue) => `${JSON.stringify(issue.input)} is no image tag`),
      v.check((tag) => tag !== 'latest', '"latest" names no version; give the tag of one build'),
    ),
  ),
  digest: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^sha256:[0-9a-f]{64}$/,
        (issue) =>
          `${JSON.stringify(issue.input)} is no digest; expected "sha256:" and 64 hexadecimal digits`,
      ),
    ),
  ),
});

/** `images.lock.json`: which of the team's own images runs where: service → environment → image. */
export const imagesSchema = v.record(nameSchema, v.record(nameSchema, imageSchema));

export type LockedImage = v.InferOutput<typeof imageSchema>;
export type ImagesLock = v.InferOutput<typeof imagesSchema>;

/** `repository[:tag][@digest]`, as a container takes it. */
export const imageReference = ({ repository, tag, digest }: LockedImage): string =>
  `${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`;

/** What is wrong with an image reference where a version must be stated, or undefined. */
export function imageProblem(
  reference: unknown,
  options: { readonly versionRequired: boolean },
): string | undefined {
  if (typeof reference !== 'string' || !/^[a-z0-9][\w.:@/-]*$/i.test(reference))
    return `${JSON.stringify(reference)} is no image reference; expected "repository:tag" or "repository@sha256:…"`;
  const [name = '', digest] = reference.split('@');
  const tag = /:([^/:]+)$/.exec(name)?.[1];
  if (tag === 'latest')
    return `"${reference}" says "latest", which names no version; give the tag of one build`;
  if (options.versionRequired && tag === undefined && digest === undefined)
    return `"${reference}" has neither tag nor digest, so it would change by itself; give "${reference}:TAG" or set both in images.lock.json`;
  return undefined;
}
