/** An error on its way from a worker. */
export interface SentError {
  name: string;
  message: string;
  /** Its code, where it is one of a package's errors. */
  code?: string | undefined;
  fields?: Readonly<Record<string, unknown>> | undefined;
}

/** A message of a page to its worker. */
export type ToWorker =
  | { type: "call"; id: number; method: string; argument: unknown }
  | { type: "stop"; id: number }
  | { type: "pause"; isPaused: boolean };

/** A message of a worker to its page. */
export type FromWorker =
  | { type: "event"; id: number; event: unknown }
  | { type: "end"; id: number }
  | { type: "error"; id: number; error: SentError };

/** One end of a channel: a worker as its page sees it, or a worker's own scope. */
export interface Port {
  postMessage(message: unknown): void;
  onmessage: ((event: { data: unknown }) => void) | null;
}

/** Long work by name: what it takes, and the events that it yields. */
// biome-ignore lint/suspicious/noExplicitAny: arguments of any kind, which each caller's type gives back
export type Methods = Record<string, (argument: any, signal: AbortSignal) => AsyncIterable<any>>;
