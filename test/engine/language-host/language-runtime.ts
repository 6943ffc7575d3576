import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import * as messages from '@pulumi/pulumi/proto/language_pb';
import { PluginInfo as Info, type PluginInfo } from '@pulumi/pulumi/proto/plugin_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { endChildren } from './children.js';
import { installDependencies } from './install-dependencies.js';
import { runProgram } from './program-run.js';
import { requiredPackages } from './required-packages.js';

const unary =
  <Request, Response>(handle: (request: Request) => Response | Promise<Response>) =>
  async ({ request }: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
    try {
      callback(null, await handle(request));
    } catch (error) {
      callback({ code: status.UNKNOWN, details: String(error) });
    }
  };

const unimplemented = (what: string) => ({
  code: status.UNIMPLEMENTED,
  details: `the stand-in for pulumi-language-nodejs ${what}; install Pulumi's own release for that`,
});

const refused =
  (what: string) =>
  (_call: unknown, callback: sendUnaryData<never>): void =>
    callback(unimplemented(what));

/** What the engine asks of a language, for Node.js. Names are the protocol's. */
export const languageRuntime = (engineAddress: string): UntypedServiceImplementation => {
  let engine = engineAddress;
  return {
    getPluginInfo: unary((): PluginInfo => new Info().setVersion('0.0.0-stand-in')),
    handshake: unary((request: messages.LanguageHandshakeRequest) => {
      engine = request.getEngineAddress() || engine;
      return new messages.LanguageHandshakeResponse();
    }),
    about: unary(async () => {
      const about = new messages.AboutResponse().setExecutable(process.execPath).setVersion(process.version);
      const { stdout } = await promisify(execFile)('npm', ['--version']);
      about.getMetadataMap().set('packagemanager', 'npm').set('packagemanagerVersion', stdout.trim());
      return about;
    }),
    getRequiredPackages: unary((request: messages.GetRequiredPackagesRequest) =>
      new messages.GetRequiredPackagesResponse().setPackagesList(
        requiredPackages(request.getInfo()?.getProgramDirectory() ?? ''),
      ),
    ),
    getRequiredPlugins: refused('answers GetRequiredPackages instead'),
    getProgramDependencies: unary(() => new messages.GetProgramDependenciesResponse()),
    installDependencies: (
      call: ServerWritableStream<messages.InstallDependenciesRequest, messages.InstallDependenciesResponse>,
    ) => installDependencies(call),
    run: unary((request: messages.RunRequest) => runProgram(request, engine)),
    runPlugin: (call: ServerWritableStream<messages.RunPluginRequest, messages.RunPluginResponse>) =>
      void call.emit('error', unimplemented('runs no plugins that are written in TypeScript')),
    runtimeOptionsPrompts: unary(() => new messages.RuntimeOptionsResponse()),
    template: unary(() => new messages.TemplateResponse()),
    generateProgram: refused('generates no programs'),
    generateProject: refused('generates no projects'),
    generatePackage: refused('generates no packages'),
    pack: refused('packs nothing'),
    link: refused('links nothing'),
    cancel: unary(() => {
      endChildren();
      return new Empty();
    }),
  };
};
