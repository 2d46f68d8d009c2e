import type { NatsConnection } from "@nats-io/nats-core";
import type { BlobFormat } from "../runtime/messages";

/** Options of `natsTransport`. */
export interface NatsTransportOptions {
  /** The coordinator's connection; see `connectionOptions`. */
  readonly connection: NatsConnection;
  /** Name of the run on the broker. A coordinator restarted with the same name finds the answers that arrived in between. */
  readonly run: string;
  /** Largest update in bytes. Default 2^28. */
  readonly maxBytes?: number | undefined;
  /** Larger models are sent through the object store. Default 262,144. */
  readonly inlineBytes?: number | undefined;
  /** Format of the tensors. Default `"safetensors"`. */
  readonly format?: BlobFormat | undefined;
  /** Time between heartbeats of clients. A client counts as disconnected after five missed heartbeats. Default 1000. */
  readonly heartbeatMs?: number | undefined;
}
