import { having } from "../errors";
import type { Batcher, BatcherStream } from "./batcher";
import { type Answer, type BatcherPort, type Question, sentError } from "./port";

/**
 * Offers a batcher to whoever holds the other end of a port and calls `connectBatcher`. Several ports may share one
 * batcher; when a port is closed, its requests are cancelled.
 */
export function serveBatcher(port: BatcherPort, batcher: Batcher): void {
  having("serveBatcher", "port", port, "postMessage", "addEventListener");
  having("serveBatcher", "batcher", batcher, "generate");
  const streams = new Map<number, BatcherStream>();
  const answer = (message: Answer) => port.postMessage(message);

  async function run(id: number, stream: BatcherStream): Promise<void> {
    streams.set(id, stream);
    try {
      for await (const event of stream) answer({ type: "event", id, event });
    } catch (error) {
      answer({ type: "failed", id, error: sentError(error) });
    } finally {
      streams.delete(id);
    }
  }

  async function take(question: Question): Promise<void> {
    const { type, id } = question;
    if (type === "generate") await run(id, batcher.generate(question.request));
    else if (type === "numbers") answer({ type: "numbers", id, numbers: await batcher.numbers() });
    else if (question.sample === undefined) await streams.get(id)?.return();
    else streams.get(id)?.stop(question.sample);
  }

  port.addEventListener("message", ({ data }) => void take(data as Question));
  port.addEventListener("close", () => {
    for (const stream of streams.values()) void stream.return();
  });
  port.start?.();
}
