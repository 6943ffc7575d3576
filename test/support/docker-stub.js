/**
 * A recording stub of `docker buildx build`: no container, no Dockerfile is run. It writes down its arguments, and the
 * files of the context as the one layer of an image, so that another context is another image.
 */
const { createHash } = require('node:crypto');
const { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const args = process.argv.slice(2);
appendFileSync(process.env.DOCKER_STUB_LOG, `${JSON.stringify(args)}\n`);
const context = args.at(-1);
const [, target] = /dest=([^,]+)/.exec(args.join(' '));
const files = readdirSync(context).sort();
if (files.includes('fail')) {
  process.stderr.write('#7 ERROR: process "/bin/sh -c make" did not complete successfully\n');
  process.exit(1);
}

mkdirSync(join(target, 'blobs/sha256'), { recursive: true });
const blob = (mediaType, content) => {
  const bytes = Buffer.from(content);
  const hash = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(join(target, 'blobs/sha256', hash), bytes);
  return { mediaType, digest: `sha256:${hash}`, size: bytes.length };
};
const json = (mediaType, value) => blob(mediaType, JSON.stringify({ schemaVersion: 2, mediaType, ...value }));
const config = json('application/vnd.oci.image.config.v1+json', { architecture: 'amd64', os: 'linux' });
const text = files.map((file) => `${file}\n${readFileSync(join(context, file), 'utf8')}`).join('\n');
const layers = [blob('application/vnd.oci.image.layer.v1.tar', text)];
const manifest = json('application/vnd.oci.image.manifest.v1+json', { config, layers });
writeFileSync(join(target, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
writeFileSync(join(target, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
