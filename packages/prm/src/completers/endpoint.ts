import type { RequestGate } from "./request-gate";
import type { TokenLedger } from "./token-ledger";

/** Options of an HTTP endpoint, shared by completers and scorers. */
export interface EndpointOptions {
  /** The URL up to and including the version, for example `http://localhost:8000/v1`. */
  readonly baseUrl: string;
  /** Name of the environment variable that holds the key; it is sent as a bearer token and never logged. Default: no key. */
  readonly apiKeyVariable?: string | undefined;
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Maximum retries of a request that failed for a transient reason. Default 5. */
  readonly retries?: number | undefined;
  /** Maximum wait in milliseconds for a complete answer, or for the next part of a streamed one. Default 120,000. */
  readonly timeoutMs?: number | undefined;
  /** Pause before the first retry in milliseconds; it doubles each time, with jitter. Default 500. */
  readonly backoffMs?: number | undefined;
  /** Maximum pause in milliseconds. Default 30,000. */
  readonly maxBackoffMs?: number | undefined;
  /**
   * Maximum time in milliseconds that a request waits for answers of status 429 with `Retry-After`, which do not count as
   * retries. Default 600,000.
   */
  readonly maxWaitMs?: number | undefined;
  /** Limits of concurrency and rate. Default: `createRequestGate()`. */
  readonly gate?: RequestGate | undefined;
  /** Counts tokens against a budget. Default: `createTokenLedger()`, which has no limit. */
  readonly ledger?: TokenLedger | undefined;
  /** Random numbers for jitter. Default: a fixed sequence. */
  readonly random?: (() => number) | undefined;
}

/** Tokens that an answer used, if the endpoint reports them. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** One request to an endpoint. */
export interface EndpointRequest<T> {
  readonly path: string;
  readonly body: unknown;
  /** The maximum number of tokens that it can use. */
  readonly bound: Usage;
  /**
   * Reads the answer; `deadline` restarts the time limit, for streams.
   * @throws {PrmError} `ERR_RESPONSE` for an unreadable answer, which is retried
   */
  readonly read: (
    response: Response,
    signal: AbortSignal,
    deadline: () => void,
  ) => Promise<{ value: T; usage: Usage | undefined }>;
  readonly signal?: AbortSignal | undefined;
}

/** Sends requests with retries; every error includes the request's number. */
export interface Endpoint {
  readonly ledger: TokenLedger;
  post<T>(request: EndpointRequest<T>): Promise<T>;
}

const isCount = (value: unknown, most: number) =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;

/** Whether a reported usage consists of whole numbers that the request can have used; otherwise its bound counts. */
export const isWithin = (usage: Usage | undefined, bound: Usage): usage is Usage =>
  usage !== undefined &&
  isCount(usage.promptTokens, bound.promptTokens) &&
  isCount(usage.completionTokens, bound.completionTokens);
