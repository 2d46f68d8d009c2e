import { readFile } from "node:fs/promises";
import type { NatsConnection } from "@nats-io/nats-core";
import type { NodeConnectionOptions } from "@nats-io/transport-node";
import { optionsOf, refuseUnknown } from "../../errors";
import { connectionOptions } from "../nats/credentials";
import { natsClient } from "../nats/nats-client";
import { type ClientEvent, noCoordinator, pause } from "../runtime/client-events";
import type { LocalTrain } from "../runtime/task";
import { type ClientSocket, webSocketClient } from "../websocket/client";
import { readKey } from "./keys";
import { type LinkTls, tlsOf } from "./open-link";

/** Options of `joinLink`. */
export interface JoinOptions {
  /** `nats://host:4222` or `tls://host:4222` of the broker, or `ws://host:8080` or `wss://…` of the coordinator. */
  readonly server: string;
  /** Name of the run on the broker. Default `"fed"`. */
  readonly run?: string | undefined;
  /** This client's key file, made by the coordinator. */
  readonly keyFile: string;
  /** Of this side; a WebSocket has no certificate of its own. */
  readonly tls?: LinkTls | undefined;
  readonly clientId: string;
  readonly train: LocalTrain;
  /** Longest time without a coordinator, in milliseconds. Default 600,000; Infinity waits without end. */
  readonly waitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The class of `ws`, which trusts an authority. */
async function socketClass(caFile: string | undefined) {
  const { WebSocket } = await import("ws");
  const ca = caFile === undefined ? undefined : await readFile(caFile);
  class Socket extends WebSocket {
    constructor(url: string) {
      super(url, { ca });
    }
  }
  return Socket as unknown as new (
    url: string,
  ) => ClientSocket;
}

/** Pause between two attempts to reach a broker. */
const PAUSE_MS = 250;

/** The connection to a broker, which may come later than this client; undefined once the signal is aborted. */
async function connected(
  settings: NodeConnectionOptions,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<NatsConnection | undefined> {
  const { connect } = await import("@nats-io/transport-node");
  for (let waited = 0; !signal?.aborted; waited += PAUSE_MS) {
    try {
      return await connect(settings);
    } catch (cause) {
      if (waited >= waitMs) throw noCoordinator("joinLink", waitMs, cause);
    }
    await pause(PAUSE_MS, signal);
  }
  return undefined;
}

/**
 * Takes part in a federation of `openLink` until its coordinator ends it or the signal is aborted.
 *
 * @yields what happens
 * @throws {FedError} `ERR_AUTH` for a file without a key, and when the key is rejected; `ERR_TRANSPORT` when there was no
 *   coordinator for `waitMs`, because it has ended already or never began
 */
export async function* joinLink(options: JoinOptions): AsyncGenerator<ClientEvent, void> {
  const {
    server,
    run = "fed",
    keyFile,
    tls,
    clientId,
    train,
    waitMs = 600_000,
    signal,
    ...rest
  } = optionsOf("joinLink", options);
  refuseUnknown("joinLink", rest);
  const { seed } = await readKey(keyFile);
  const member = { clientId, train, waitMs, signal };
  if (/^wss?:/.test(server)) {
    const WebSocket = await socketClass(tls?.caFile);
    yield* webSocketClient({ url: server, token: seed, WebSocket, ...member });
    return;
  }
  const settings = { servers: server, ...connectionOptions(seed, { clientId }), ...tlsOf(tls) };
  const connection = await connected(settings, waitMs, signal);
  if (!connection) return;
  try {
    yield* natsClient({ connection, run, ...member });
  } finally {
    await connection.close();
  }
}
