import * as v from 'valibot';
import { repositorySchema } from './images.js';

const pathSchema = v.pipe(v.string(), v.minLength(1, 'is empty; give a path, "." for the folder itself'));

const secretSchema = v.pipe(
  v.object({
    /** Name of the variable that holds it. */
    env: v.optional(pathSchema),
    /** The file that holds it. */
    file: v.optional(pathSchema),
  }),
  v.check(
    ({ env, file }) => (env === undefined) !== (file === undefined),
    'is neither { env: "VARIABLE" } nor { file: "PATH" }',
  ),
);

/** How one image of the team is built. Paths start at the folder of the application's module. */
export const buildSchema = v.object({
  repository: repositorySchema,
  /** Folder of the files that the build sees. */
  context: pathSchema,
  /** @default `Dockerfile` in `context` */
  dockerfile: v.optional(pathSchema),
  /** File with the version: a package.json, or a file with nothing else in it. @default `VERSION`, else `package.json` in `context` */
  version: v.optional(pathSchema),
  /** Stage of the Dockerfile. @default the last one */
  target: v.optional(v.string()),
  /** Such as `linux/arm64`. @default the builder's own */
  platforms: v.optional(v.array(v.pipe(v.string(), v.regex(/^\w+\/\w+(\/\w+)?$/))), []),
  /** Build arguments, which everybody can read in the image: no secrets. @default none */
  args: v.optional(v.record(v.string(), v.string()), {}),
  /** What `RUN --mount=type=secret,id=…` sees, by its id; it gets into no layer. @default none */
  secrets: v.optional(v.record(v.string(), secretSchema), {}),
});

export type BuildSettings = v.InferOutput<typeof buildSchema>;
