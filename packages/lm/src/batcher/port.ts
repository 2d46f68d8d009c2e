import { LmError, type LmErrorCode } from "../errors";
import type { BatcherEvent, BatcherNumbers, BatcherRequest } from "./batcher";

/** The part of a `MessagePort`, of a page or of Node, that is used. A `Worker` of a page will do, too. */
export interface BatcherPort {
  postMessage(message: unknown): void;
  addEventListener(
    type: "message" | "close" | "error",
    listener: (event: { readonly type: string; data?: unknown }) => void,
  ): void;
  removeEventListener(
    type: "message" | "close" | "error",
    listener: (event: { readonly type: string; data?: unknown }) => void,
  ): void;
  start?(): void;
  close?(): void;
  /** Node: whether the port keeps the process alive. */
  ref?(): void;
  unref?(): void;
}

/** The fields of a request that can be sent. */
export type SentRequest = Omit<
  BatcherRequest,
  "logitsProcessors" | "sampler" | "stoppingCriteria" | "signal"
>;

/** From the caller's side to the model's. */
export type Question =
  | { type: "generate"; id: number; request: SentRequest }
  | { type: "leave"; id: number; sample: number | undefined }
  | { type: "numbers"; id: number };

/** From the model's side to the caller's. */
export type Answer =
  | { type: "event"; id: number; event: BatcherEvent }
  | { type: "failed"; id: number; error: SentError }
  | { type: "numbers"; id: number; numbers: BatcherNumbers };

/** An error as a message. */
export interface SentError {
  code: LmErrorCode | undefined;
  message: string;
  fields: Readonly<Record<string, unknown>>;
}

/** An error as a message; fields that cannot be sent are left out. */
export function sentError(error: unknown): SentError {
  const message = error instanceof Error ? error.message : String(error);
  if (!LmError.isInstance(error)) return { code: undefined, message, fields: {} };
  const isPlain = (value: unknown) => ["string", "number", "boolean"].includes(typeof value);
  const fields = Object.entries(error.fields).filter(([, value]) => isPlain(value));
  return { code: error.code, message, fields: Object.fromEntries(fields) };
}

/** The error that was sent; one that was no `LmError` is a plain `Error`. */
export const receivedError = ({ code, message, fields }: SentError): Error =>
  code === undefined ? new Error(message) : new LmError(code, message, { fields });
