import { onAbort } from "@deepgrain/support";
import type { OpenPort } from "../batcher/connect-batcher";
import { type BatcherPort, receivedError } from "../batcher/port";
import { functionOf, LmError } from "../errors";
import type { PromptEncoder, PromptOptions } from "./prompt-encoder";
import type { PromptAnswer, PromptQuestion, SentPrompt } from "./serve-prompt-encoder";

/** How often a thread that has ended is started again, unless it has encoded a prompt meanwhile. */
const SPARE_STARTS = 1;

const hasEnded = "lm/connectPromptEncoder: the thread of the tokenizer has ended";

/** Whoever waits for ids. */
interface Waiting {
  resolve(ids: number[]): void;
  reject(error: unknown): void;
}

/** Prompts on their way through one port. */
class Connection {
  private readonly waiting = new Map<number, Waiting>();
  private next = 0;
  hasServed = false;
  isLost = false;

  constructor(private readonly port: BatcherPort) {
    port.addEventListener("message", this.take);
    port.addEventListener("close", this.lose);
    port.addEventListener("error", this.lose);
    port.start?.();
    port.unref?.();
  }

  ask(prompt: SentPrompt, { maxTokens = Infinity, signal }: PromptOptions): Promise<number[]> {
    const id = this.next++;
    return new Promise<number[]>((resolve, reject) => {
      if (this.isLost) {
        reject(new LmError("ERR_STATE", hasEnded));
        return;
      }
      const forget = onAbort(signal, () => {
        this.send({ type: "leave", id });
        this.settle(id)?.reject(signal!.reason);
      });
      this.waiting.set(id, {
        resolve(ids) {
          forget();
          resolve(ids);
        },
        reject(error) {
          forget();
          reject(error);
        },
      });
      this.send({ type: "encode", id, prompt, maxTokens });
    });
  }

  /** Fails all that wait, and lets the port go. */
  end(message: string): void {
    if (this.isLost) return;
    this.isLost = true;
    this.port.removeEventListener("message", this.take);
    this.port.removeEventListener("close", this.lose);
    this.port.removeEventListener("error", this.lose);
    this.port.close?.();
    for (const { reject } of this.waiting.values()) reject(new LmError("ERR_STATE", message));
    this.waiting.clear();
  }

  private send(question: PromptQuestion): void {
    this.port.postMessage(question);
    this.port.ref?.(); // the port keeps a process alive only while something is on its way
  }

  private settle(id: number): Waiting | undefined {
    const found = this.waiting.get(id);
    this.waiting.delete(id);
    if (this.waiting.size === 0) this.port.unref?.();
    return found;
  }

  private readonly lose = (): void => this.end(hasEnded);

  private readonly take = ({ data }: { data?: unknown }): void => {
    const answer = data as PromptAnswer;
    const waiting = this.settle(answer.id);
    if (answer.type === "failed") waiting?.reject(receivedError(answer.error));
    else waiting?.resolve(Array.from(answer.ids));
    this.hasServed = true;
  };
}

/**
 * A prompt encoder in another thread, where `servePromptEncoder` offers it. When the thread ends, prompts that wait throw
 * `ERR_STATE`, and the next prompt starts it again: once, and once more whenever it has answered since.
 *
 * @param open starts the thread and returns a port to it
 */
export function connectPromptEncoder(open: OpenPort): PromptEncoder {
  functionOf("connectPromptEncoder", "open", open);
  let connection: Promise<Connection> | null = null;
  let spareStarts = SPARE_STARTS;
  let isClosed = false;

  const connect = (): Promise<Connection> => {
    const made = Promise.resolve(open()).then((port) => new Connection(port));
    made.catch(() => {
      if (spareStarts === 0 || connection !== made) return; // later prompts fail in the same way
      spareStarts--;
      connection = null;
    });
    return made;
  };

  async function connected(): Promise<Connection> {
    if (isClosed)
      throw new LmError("ERR_STATE", "lm/connectPromptEncoder: the prompt encoder is closed");
    connection ??= connect();
    const current = connection;
    const found = await current;
    if (!found.isLost) return found;
    if (connection !== current) return connected(); // another prompt has seen it before
    if (found.hasServed) spareStarts = SPARE_STARTS;
    if (spareStarts === 0) throw new LmError("ERR_STATE", hasEnded);
    spareStarts--;
    connection = null;
    return connected();
  }

  async function ask(prompt: SentPrompt, options: PromptOptions): Promise<number[]> {
    options.signal?.throwIfAborted();
    const found = await connected();
    options.signal?.throwIfAborted();
    return found.ask(prompt, options);
  }

  return {
    text: (text, { addSpecialTokens = true, isOpen = true, ...options } = {}) =>
      ask({ type: "text", text, addSpecialTokens, isOpen }, options),
    chat: (messages, { tools, ...options } = {}) => ask({ type: "chat", messages, tools }, options),
    async close() {
      isClosed = true;
      const found = await connection?.catch(() => null);
      found?.end("lm/connectPromptEncoder: the prompt encoder was closed");
    },
  };
}
