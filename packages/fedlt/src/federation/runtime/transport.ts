import { groupBytes, tensorBytes } from "../tensors/named-tensors";
import type { FitTask, FitUpdate } from "./task";
import type { Warning } from "./warning";

/** A client that is connected now. */
export interface NodeInfo {
  readonly id: string;
}

/** Connection events, apart from answers. */
export type TransportEvent =
  | { readonly type: "node-joined"; readonly clientId: string }
  | { readonly type: "node-left"; readonly clientId: string }
  /** An answer that nobody waits for: the round is closed, or the client had answered before. */
  | {
      readonly type: "reply-ignored";
      readonly clientId: string;
      readonly round: number;
      readonly reason: "late" | "duplicate";
    }
  | Warning
  /** Bytes that are not a message of this protocol. */
  | {
      readonly type: "message-rejected";
      readonly clientId: string;
      readonly code: string;
      readonly message: string;
    };

/** An answer and its size. */
export interface Delivery {
  readonly update: FitUpdate;
  readonly bytesDown: number;
  readonly bytesUp: number;
}

/** Options of `Transport.send`. */
export interface SendOptions {
  /** Ends the wait. The client is asked to stop where possible. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The connection of a coordinator to its clients. A transport that can lose a connection resends a task when the client
 * reconnects, so clients must answer a repeated task with equal bits.
 */
export interface Transport {
  /** Resolves when the transport can send, if that takes time; `runFederation` waits for it. */
  ready?(): Promise<void>;
  /** Clients connected now, in order of id. */
  nodes(): readonly NodeInfo[];
  /**
   * Sends a task and waits for the answer, across reconnections.
   * @throws {FedError} the error of the client's training; `ERR_TRANSPORT`; the signal's reason
   */
  send(clientId: string, task: FitTask, options?: SendOptions): Promise<Delivery>;
  /** Subscribes to connection events. @returns a function that unsubscribes */
  onEvent(listener: (event: TransportEvent) => void): () => void;
  /** Tells clients that the run is over and closes connections. */
  close(): Promise<void>;
}

/** Bytes of all tensors and blobs of a task or an update, without names. */
export function payloadBytes({
  params,
  groups,
  blobs,
}:
  | Pick<FitUpdate, "params" | "groups" | "blobs">
  | Pick<FitTask, "params" | "groups" | "blobs">): number {
  let bytes = tensorBytes(params) + (groups ? groupBytes(groups) : 0);
  for (const blob of blobs?.values() ?? []) bytes += blob.length;
  return bytes;
}

/** A list of listeners. */
export function createListeners<T>(): {
  emit(event: T): void;
  add(listener: (event: T) => void): () => void;
} {
  const listeners = new Set<(event: T) => void>();
  return {
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    add: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
