import { FedError } from "../../errors";

/** The events that a client reports while it takes part. */
export type ClientEvent =
  | { readonly type: "connected" }
  | { readonly type: "disconnected"; readonly reason: string }
  | { readonly type: "task-start"; readonly round: number; readonly kind: string }
  | {
      readonly type: "update-sent";
      readonly round: number;
      readonly kind: string;
      readonly bytes: number;
    }
  | { readonly type: "message-rejected"; readonly code: string; readonly message: string }
  /** The coordinator announced the end of the run. */
  | { readonly type: "finished" };

/** Waits, unless the signal is aborted first; resolves in either case. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
}

/** The error of a client that heard of no coordinator for as long as it was told to wait. */
export const noCoordinator = (place: string, waitMs: number, cause?: unknown): FedError =>
  new FedError(
    "ERR_TRANSPORT",
    `fedlt/${place}: no coordinator for ${waitMs / 1000} s; its run may have ended, or never began`,
    { fields: { waitMs }, cause },
  );
