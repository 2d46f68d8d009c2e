import type { RequestGate } from "./request-gate";
import type { TokenLedger } from "./token-ledger";

/** How an HTTP endpoint is reached, shared by completers and scorers. */
export interface EndpointOptions {
  /** Up to the version, for example `http://localhost:8000/v1`. */
  readonly baseUrl: string;
  /** Name of the environment variable that holds the key; it is sent as a bearer token and never logged. Default: no key. */
  readonly apiKeyVariable?: string | undefined;
  /** Default: the global one. */
  readonly fetch?: typeof fetch | undefined;
  /** Further tries of a request that failed for a passing reason. Default 5. */
  readonly retries?: number | undefined;
  /** Longest wait for a whole answer, or for the next part of a streamed one. Default 120,000. */
  readonly timeoutMs?: number | undefined;
  /** Pause before the first retry; it doubles each time, with jitter. Default 500. */
  readonly backoffMs?: number | undefined;
  /** Longest such pause. Default 30,000. */
  readonly maxBackoffMs?: number | undefined;
  /** Longest `Retry-After` that is waited for. Default 600,000. */
  readonly maxRetryAfterMs?: number | undefined;
  /** Limits of concurrency and rate. Default: `createRequestGate()`. */
  readonly gate?: RequestGate | undefined;
  /** Counts tokens against a budget. Default: `createTokenLedger()`, which has no limit. */
  readonly ledger?: TokenLedger | undefined;
  /** Jitter. Default: a fixed sequence. */
  readonly random?: (() => number) | undefined;
}

/** Tokens that an answer took, if the endpoint says so. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** One request to an endpoint. */
export interface EndpointRequest<T> {
  readonly path: string;
  readonly body: unknown;
  /** The most that it can take. */
  readonly bound: Usage;
  /**
   * Reads the answer; `deadline` moves the time limit on, for streams.
   * @throws {PrmError} `ERR_RESPONSE` for an unreadable answer, which is retried
   */
  readonly read: (
    response: Response,
    signal: AbortSignal,
    deadline: () => void,
  ) => Promise<{ value: T; usage: Usage | undefined }>;
  readonly signal?: AbortSignal | undefined;
}

/** Sends requests with retries; every failure names the request's number. */
export interface Endpoint {
  readonly ledger: TokenLedger;
  post<T>(request: EndpointRequest<T>): Promise<T>;
}
