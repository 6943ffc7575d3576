import { Client, credentials } from '@grpc/grpc-js';
import { CONTAINERD_SOCKET } from './containerd.js';

/** Whether containerd is ready for the kubelet: it answers the empty question for its version. */
export const containerdAnswers = (): Promise<boolean> =>
  new Promise((resolve) => {
    const client = new Client(`unix://${CONTAINERD_SOCKET}`, credentials.createInsecure());
    const plain = (bytes: Buffer) => bytes;
    const question = Buffer.alloc(0);
    client.makeUnaryRequest('/runtime.v1.RuntimeService/Version', plain, plain, question, (error) => {
      client.close();
      resolve(error === null);
    });
  });
