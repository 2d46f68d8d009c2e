import type { SentError } from "./messages";

/** An error of work in a worker, with the code and the fields that it had there. */
export class WorkerError extends Error {
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;

  /** @param sent `ERR_WORKER` where the worker itself failed, and where the error had no code */
  constructor({ name, message, code = "ERR_WORKER", fields = {} }: SentError) {
    super(message);
    this.name = name;
    this.code = code;
    this.fields = fields;
  }
}
