import { once } from "node:events";
import { getHeapStatistics } from "node:v8";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";

/** A thread that is ready, and this side's end of the port to it. */
export interface Thread<Ready> {
  worker: Worker;
  port: MessagePort;
  ready: Ready;
}

/**
 * Starts a thread, and waits for its first message. When it dies, the port is closed.
 *
 * @param name of its module beside the command
 * @param data what it is started with; it gets the other end of the port as well, as `port`
 * @throws what the thread throws before it is ready
 */
export async function startThread<Ready>(name: string, data: object): Promise<Thread<Ready>> {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL(`./${name}.js`, import.meta.url), {
    workerData: { ...data, port: port2 },
    transferList: [port2],
    // The same limit as the main thread: V8 gives threads less.
    resourceLimits: { maxOldGenerationSizeMb: getHeapStatistics().heap_size_limit / 2 ** 20 },
  });
  const [ready] = await once(worker, "message"); // rejects when the thread throws
  worker.on("error", () => port1.close());
  return { worker, port: port1, ready: ready as Ready };
}
