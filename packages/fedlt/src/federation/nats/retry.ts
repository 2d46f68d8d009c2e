import { FedError } from "../../errors";
import { pause } from "../runtime/client-events";

/** How a call to the broker is retried. */
export interface RetryOptions {
  readonly signal?: AbortSignal | undefined;
  /** Time for one attempt. Default 20,000. */
  readonly timeoutMs?: number | undefined;
}

/** A promise that rejects after a time. */
async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Retries a call until it succeeds, with pauses from 100 ms to 5 s, since a broker may be unavailable for a while.
 * @throws the signal's reason when the signal is aborted; a `FedError` of the call itself, without a retry
 */
export async function untilDone<T>(
  call: () => Promise<T>,
  { signal, timeoutMs = 20_000 }: RetryOptions = {},
): Promise<T> {
  for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, 5000)) {
    signal?.throwIfAborted();
    try {
      return await within(call(), timeoutMs);
    } catch (error) {
      if (FedError.isInstance(error)) throw error;
      await pause(pauseMs, signal);
    }
  }
}
