import type { FromWorker, Methods, Port, SentError, ToWorker } from "./messages";

function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { code, fields } = error as { code?: unknown; fields?: unknown };
  return {
    name: error.name,
    message: error.message,
    code: typeof code === "string" ? code : undefined,
    fields: plain(fields),
  };
}

/** Values that a message can carry. */
function plain(fields: unknown): Record<string, unknown> | undefined {
  if (typeof fields !== "object" || fields === null) return undefined;
  return JSON.parse(JSON.stringify(fields));
}

/** A gate that work waits at while the page is hidden. */
function createGate() {
  let waiting: { opened: Promise<void>; open: () => void } | undefined;
  return {
    set(isClosed: boolean) {
      if (isClosed === (waiting !== undefined)) return;
      if (!isClosed) {
        waiting?.open();
        waiting = undefined;
        return;
      }
      let open = () => {};
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      waiting = { opened, open };
    },
    passed: () => waiting?.opened,
  };
}

/**
 * Answers a page's calls, one after another, as they may use the same models: each yields its events until it ends, fails, or
 * the page stops it. While the page is hidden no further event is asked for, so that work rests at its next one.
 */
export function serveMethods(port: Port, methods: Methods): void {
  const running = new Map<number, AbortController>();
  const gate = createGate();
  let last = Promise.resolve();
  const say = (message: FromWorker) => port.postMessage(message);

  async function run(id: number, method: string, argument: unknown): Promise<void> {
    const abort = running.get(id)!;
    try {
      abort.signal.throwIfAborted();
      for await (const event of methods[method]!(argument, abort.signal)) {
        if (abort.signal.aborted) break;
        say({ type: "event", id, event });
        await gate.passed();
      }
      say({ type: "end", id });
    } catch (error) {
      say({ type: "error", id, error: sentError(error) });
    } finally {
      running.delete(id);
    }
  }

  port.onmessage = ({ data }) => {
    const message = data as ToWorker;
    if (message.type === "call") {
      const { id, method, argument } = message;
      running.set(id, new AbortController());
      last = last.then(() => run(id, method, argument));
    }
    if (message.type === "stop") running.get(message.id)?.abort();
    if (message.type === "pause") gate.set(message.isPaused);
  };
}
