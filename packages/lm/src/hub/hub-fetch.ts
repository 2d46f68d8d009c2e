import { LmError } from "../errors";
import { refusal } from "./refusal";

/** Settings of requests to the hub. */
export interface HubAccess {
  /** The repository in errors: `owner/name@revision`. */
  what: string;
  endpoint: string;
  token: string | undefined;
  /** Default: the global function. */
  fetch?: typeof globalThis.fetch | undefined;
  signal?: AbortSignal | undefined;
  /** Attempts where no server answers. Default {@link mostAttempts}. */
  mostConnects?: number | undefined;
  /** Waits before another attempt; tests pass their own. */
  wait?: ((ms: number, signal: AbortSignal | undefined) => Promise<void>) | undefined;
}

/** Redirects in a row; the hub needs two. */
const mostRedirects = 10;

/** Attempts of one request before its last failure is reported. */
export const mostAttempts = 5;

/** The longest time that a server may ask us to wait. */
const longestWaitMs = 300_000;

const isRedirect = (status: number) => [301, 302, 303, 307, 308].includes(status);

const isPassing = (status: number) => status === 429 || (status >= 500 && status <= 504);

/** Waits; the signal's reason is thrown. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) stop();
  });
}

/** The time before attempt number `attempt` (from 1): what the server asks for, else 1, 2, 4, … seconds. */
export function waitMs(attempt: number, response?: Response): number {
  const asked = response?.headers.get("retry-after") ?? "";
  const seconds = /^\d+$/.test(asked) ? Number(asked) : (Date.parse(asked) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? 1000 * 2 ** (attempt - 1) : Math.max(0, 1000 * seconds);
}

/** An address for errors: what is asked of the hub stands in its path. */
const shownAddress = (address: string) => address.split("?")[0]!;

/** Whether no server answered. */
export const isUnreachable = (error: unknown): boolean =>
  LmError.isInstance(error) && (error as LmError).fields.isUnreachable === true;

/** One request with its redirects, which are followed here, so that the token stays at its origin. */
async function follow(address: string, init: RequestInit, access: HubAccess): Promise<Response> {
  const { endpoint, token, fetch = globalThis.fetch, signal } = access;
  const { origin } = new URL(endpoint);
  let url = new URL(address);
  let redirect: "manual" | "follow" = "manual";
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const headers = new Headers(init.headers);
    headers.delete("authorization");
    if (token !== undefined && url.origin === origin)
      headers.set("authorization", `Bearer ${token}`);
    const response = await fetch(url.href, { ...init, headers, redirect, signal: signal ?? null });
    // A page may not see where a redirect leads; its own following drops the token at another origin.
    if (response.type === "opaqueredirect") redirect = "follow";
    else {
      const location = response.headers.get("location");
      if (!isRedirect(response.status) || location === null) return response;
      await response.body?.cancel();
      url = new URL(location, url);
    }
  }
  const shown = shownAddress(address);
  throw new LmError("ERR_IO", `lm/hub: ${shown} redirects more than ${mostRedirects} times`, {
    fields: { address: shown },
  });
}

/**
 * A `fetch` for the hub: the token goes to the origin of the endpoint alone, whatever redirects; what passes (429, 5xx, a
 * connection that fails) is tried again, after the time that `Retry-After` asks for.
 *
 * @returns a function that throws an {LmError} `ERR_IO` for every answer that is no success, saying what to do
 */
export function hubFetch(
  access: HubAccess,
): (address: string, init?: RequestInit) => Promise<Response> {
  const { what, endpoint, signal, wait = pause, mostConnects = mostAttempts } = access;
  return async (address, init = {}) => {
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      let response: Response | undefined;
      let failure: LmError;
      try {
        response = await follow(address, init, access);
        if (response.ok || response.status === 416) return response;
        failure = await refusal(response, shownAddress(address), access.token !== undefined);
      } catch (cause) {
        signal?.throwIfAborted();
        if (LmError.isInstance(cause)) throw cause;
        failure = new LmError("ERR_IO", `lm/hub: ${what} cannot be reached at ${endpoint}`, {
          fields: { address: shownAddress(address), isUnreachable: true },
          cause,
        });
      }
      const pauseMs = waitMs(attempt, response);
      const isFinal = response !== undefined && !isPassing(response.status);
      const most = response === undefined ? mostConnects : mostAttempts;
      if (isFinal || attempt >= most || pauseMs > longestWaitMs) throw failure;
      await wait(pauseMs, signal);
    }
  };
}
