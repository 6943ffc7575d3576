import { Server, ServerCredentials } from '@grpc/grpc-js';
import { LanguageRuntimeService } from '@pulumi/pulumi/proto/language_grpc_pb';
import { endChildren } from './children.js';
import { languageRuntime } from './language-runtime.js';

/*
 * A stand-in for `pulumi-language-nodejs`, which Pulumi's release has beside `pulumi` and which can be neither built
 * nor downloaded where the network is closed. It does what the real one does for a program in compiled JavaScript;
 * it neither compiles TypeScript nor serves synchronous invokes of old SDKs, debuggers, policies and code generation.
 *
 * The engine starts it as `pulumi-language-nodejs [flags] <address of the engine>` and reads its port from the first
 * line of its output.
 */
const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith('-')) ?? '';

// Without this the engine waits five seconds at each close, and longer for a program that goes on running.
const end = () => {
  endChildren();
  process.exit();
};
process.once('SIGINT', end).once('SIGTERM', end);
// The engine holds the other end: it is gone, however it ended.
process.stdin.once('end', end).resume();

const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
server.addService(LanguageRuntimeService, languageRuntime(engineAddress));
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
