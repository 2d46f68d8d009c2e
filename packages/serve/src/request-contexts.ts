import type { RequestContext } from "./endpoints/context";
import { ServeError } from "./errors";

/** The log record of a request: nothing of its text. */
export interface RequestRecord {
  readonly method: string;
  /** Without what stands behind `?`. */
  readonly path: string;
  /** 499 where the client left. */
  readonly status: number;
  /** Tokens written. */
  readonly tokens: number;
  readonly milliseconds: number;
}

/** The requests that are being answered. */
export interface RequestContexts {
  /** Takes a request; its `end` is called once. */
  begin(request: Request, path: string): RequestContext;
  readonly isDraining: boolean;
  /** No new requests from now on. Resolves when none is left. */
  drain(): Promise<void>;
  /** Cancels all. */
  cancelAll(): void;
}

const refusal = (status: number, message: string, code: string) =>
  new ServeError("ERR_REQUEST", message, { fields: { status, message, param: null, code } });

/** @param onEnd is told of each request when it ends */
export function requestContexts(onEnd: (record: RequestRecord) => void): RequestContexts {
  const running = new Map<RequestContext, AbortController>();
  const whenEmpty: (() => void)[] = [];
  let isDraining = false;

  function begin(request: Request, path: string): RequestContext {
    const { method, signal } = request;
    const started = performance.now();
    const stop = new AbortController();
    const context: RequestContext = {
      request,
      signal: stop.signal,
      prefixKey: "",
      status: 200,
      tokens: 0,
      isStreamed: false,
      leave() {
        context.status = 499;
        stop.abort(refusal(499, "The client left.", "client_left"));
      },
      end() {
        if (!running.delete(context)) return;
        signal.removeEventListener("abort", context.leave);
        const milliseconds = Math.round(performance.now() - started);
        onEnd({ method, path, status: context.status, tokens: context.tokens, milliseconds });
        if (running.size === 0) for (const tell of whenEmpty.splice(0)) tell();
      },
    };
    running.set(context, stop);
    if (signal.aborted) context.leave();
    else signal.addEventListener("abort", context.leave);
    return context;
  }

  return {
    begin,
    get isDraining() {
      return isDraining;
    },
    async drain() {
      isDraining = true;
      if (running.size > 0) await new Promise<void>((empty) => whenEmpty.push(empty));
    },
    cancelAll() {
      isDraining = true;
      const reason = refusal(503, "The server is shutting down.", "shutting_down");
      for (const stop of running.values()) stop.abort(reason);
    },
  };
}
