import { type ServerWritableStream, status } from '@grpc/grpc-js';
import {
  type InstallDependenciesRequest,
  InstallDependenciesResponse,
} from '@pulumi/pulumi/proto/language_pb';
import { runChild } from './children.js';

/** `pulumi install`: npm, in the program's folder, with its output as it comes. */
export async function installDependencies(
  call: ServerWritableStream<InstallDependenciesRequest, InstallDependenciesResponse>,
): Promise<void> {
  const cwd = call.request.getInfo()?.getProgramDirectory() || call.request.getDirectory();
  try {
    const code = await runChild('npm', ['install'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] }, (npm) => {
      npm.stdout?.on('data', (text: Buffer) => call.write(new InstallDependenciesResponse().setStdout(text)));
      npm.stderr?.on('data', (text: Buffer) => call.write(new InstallDependenciesResponse().setStderr(text)));
    });
    if (code !== 0) throw new Error(`npm install failed in ${cwd}: ${code}`);
    call.end();
  } catch (error) {
    call.emit('error', { code: status.UNKNOWN, details: String(error) });
  }
}
