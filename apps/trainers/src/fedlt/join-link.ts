import { readFile } from "node:fs/promises";
import type { ClientEvent, LocalTrain } from "@deepgrain/fedlt";
import { connectionOptions, natsClient } from "@deepgrain/fedlt/nats";
import { type ClientSocket, webSocketClient } from "@deepgrain/fedlt/websocket";
import { connect } from "@nats-io/transport-node";
import { WebSocket } from "ws";
import type { Values } from "../cli/flags";
import { readKey } from "./keys";
import type { joinFlags } from "./link-flags";
import { tlsOptions } from "./open-link";

/** A client's identity in the federation. */
export interface Member {
  clientId: string;
  train: LocalTrain;
  signal: AbortSignal;
}

/**
 * Takes part in a federation until its coordinator ends it or the signal is aborted.
 *
 * @yields what happens
 * @throws {UsageError} for a file without a key; {FedError} when the key is rejected
 */
export async function* joinLink(
  given: Values<typeof joinFlags>,
  member: Member,
): AsyncGenerator<ClientEvent, void> {
  const { server, run, tlsCa } = given;
  const { seed } = await readKey(given.key);
  if (/^wss?:/.test(server)) {
    const ca = tlsCa === undefined ? undefined : await readFile(tlsCa);
    class Socket extends WebSocket {
      constructor(url: string) {
        super(url, ca ? { ca } : {});
      }
    }
    const Own = Socket as unknown as new (url: string) => ClientSocket;
    yield* webSocketClient({ url: server, token: seed, WebSocket: Own, ...member });
    return;
  }
  const { clientId } = member;
  const connection = await connect({
    servers: server,
    waitOnFirstConnect: true, // the coordinator and its broker may come later
    ...connectionOptions(seed, { clientId }),
    ...tlsOptions(given),
  });
  try {
    yield* natsClient({ connection, run, ...member });
  } finally {
    await connection.close();
  }
}
