import { onAbort } from "@deepgrain/support";
import { optionsOf, real, refuseUnknown, whole } from "../errors";
import { wait } from "./wait";

/** Limits how many requests run at a time and how many start per minute. */
export interface RequestGate {
  /** Runs a request once the limits allow it. @throws the signal's reason once it aborts */
  run<T>(request: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Starts no request for the next `ms` milliseconds, as a `Retry-After` requires. */
  pause(ms: number): void;
}

/** Options of {@link createRequestGate}. */
export interface RequestGateOptions {
  /** Requests at a time. Default 8. */
  readonly concurrency?: number | undefined;
  /** Requests started per minute, evenly spaced. Default: unlimited. */
  readonly requestsPerMinute?: number | undefined;
}

/**
 * A gate that limits how many requests run at once and start per minute. Endpoints with a common limit share one gate.
 * @throws {PrmError} `ERR_RANGE` for limits that are not positive
 */
export function createRequestGate(options: RequestGateOptions = {}): RequestGate {
  const { concurrency = 8, requestsPerMinute, ...rest } = optionsOf("createRequestGate", options);
  refuseUnknown("createRequestGate", rest);
  whole("createRequestGate", "concurrency", concurrency, { min: 1 });
  if (requestsPerMinute !== undefined)
    real("createRequestGate", "requestsPerMinute", requestsPerMinute, { above: 0 });
  const spacingMs = requestsPerMinute === undefined ? 0 : 60_000 / requestsPerMinute;
  const waiting: (() => void)[] = [];
  let active = 0;
  let nextStart = 0;

  async function enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (active < concurrency) {
      active++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        stopListening();
        resolve(); // Takes over the slot of the request that ended.
      };
      waiting.push(go);
      const stopListening = onAbort(signal, () => {
        waiting.splice(waiting.indexOf(go), 1);
        reject(signal!.reason);
      });
    });
  }

  function exit(): void {
    const next = waiting.shift();
    if (next) next();
    else active--;
  }

  /** Waits for this request's start time; a pause in the meantime postpones it. */
  async function startTime(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      const delay = nextStart - Date.now();
      if (delay <= 0) break;
      await wait(delay, signal);
    }
    nextStart = Math.max(nextStart, Date.now()) + spacingMs;
  }

  return {
    pause(ms) {
      nextStart = Math.max(nextStart, Date.now() + ms);
    },
    async run(request, signal) {
      await enter(signal);
      try {
        await startTime(signal);
        return await request();
      } finally {
        exit();
      }
    },
  };
}
