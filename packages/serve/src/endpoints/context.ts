import type { OpenModel } from "../served-model";

/** A request while it is answered. */
export interface RequestContext {
  readonly request: Request;
  /** Raised when the client leaves, or the handler is closed. */
  readonly signal: AbortSignal;
  /** Tells this key's requests from those of others. */
  prefixKey: string;
  /** For the log. */
  status: number;
  /** Tokens written, for the log. */
  tokens: number;
  /** Whether the answer goes on after the response: whoever sets this calls `end`. */
  isStreamed: boolean;
  /** The client is gone: cancels the work. */
  leave(): void;
  /** The answer has ended. */
  end(): void;
}

/** State that all requests share. */
export interface Service {
  readonly models: ReadonlyMap<string, OpenModel>;
  /** Seconds since 1970 at which the models were opened. */
  readonly created: number;
  readonly maxBodyBytes: number;
  readonly streamBufferBytes: number;
  readonly maxNewTokens: number;
  readonly maxN: number;
}
