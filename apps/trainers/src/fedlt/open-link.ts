import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer as createPlain } from "node:http";
import { createServer as createSecure } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Transport } from "@deepgrain/fedlt";
import { connectionOptions, natsTransport } from "@deepgrain/fedlt/nats";
import { webSocketTransport } from "@deepgrain/fedlt/websocket";
import { connect, type TlsOptions } from "@nats-io/transport-node";
import { WebSocketServer } from "ws";
import type { Values } from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { startBroker } from "./broker";
import { isToken, type Keys, keysIn } from "./keys";
import type { linkFlags } from "./link-flags";

type Given = Values<typeof linkFlags>;

/** A coordinator's connection to its clients. */
export interface Link {
  transport: Transport;
  /** The address that clients pass as --server. */
  address: string;
  /** The folder of the clients' keys. */
  keys: string;
  /** Notifies clients that the run has ended, and stops the processes that were started. */
  close(): Promise<void>;
}

/** Largest accepted update, in bytes. */
const MOST_BYTES = 2 ** 28;

/** @throws {UsageError} if only one file of a pair is given */
function tlsFiles({ tlsCert, tlsKey, tlsCa }: Pick<Given, "tlsCert" | "tlsKey" | "tlsCa">) {
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new UsageError("--tls-cert and --tls-key belong together");
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  return { certFile: tlsCert, keyFile: tlsKey, ...(tlsCa !== undefined && { caFile: tlsCa }) };
}

/** Certificates for a connection to a broker. */
export function tlsOptions({
  tlsCert,
  tlsKey,
  tlsCa,
}: Pick<Given, "tlsCert" | "tlsKey" | "tlsCa">): {
  tls?: TlsOptions;
} {
  if (tlsCa === undefined && tlsCert === undefined) return {};
  return {
    tls: {
      ...(tlsCa !== undefined && { caFile: tlsCa }),
      ...(tlsCert !== undefined && { certFile: tlsCert }),
      ...(tlsKey !== undefined && { keyFile: tlsKey }),
    },
  };
}

const isLoopback = (host: string) =>
  host === "localhost" || host === "::1" || host.startsWith("127.");

async function overWebSocket(given: Given, keys: Keys): Promise<Omit<Link, "keys">> {
  const { host, port = 8080 } = given;
  const tls = tlsFiles(given);
  if (!tls && !isLoopback(host))
    throw new UsageError(
      `--host ${host} can be reached from outside: give --tls-cert and --tls-key`,
    );
  const http = tls
    ? createSecure({ cert: await readFile(tls.certFile), key: await readFile(tls.keyFile) })
    : createPlain();
  http.listen(port, host);
  await once(http, "listening");
  const server = new WebSocketServer({ server: http, maxPayload: MOST_BYTES });
  const authenticate = (id: string, token: string) => isToken(keys, id, token);
  const transport = webSocketTransport({ server, authenticate, maxBytes: MOST_BYTES });
  const close = async () => {
    await transport.close();
    server.close();
    http.close();
  };
  const { port: bound } = http.address() as AddressInfo;
  return { transport, address: `${tls ? "wss" : "ws"}://${host}:${bound}`, close };
}

async function overNats(given: Given, keys: Keys, out: string): Promise<Omit<Link, "keys">> {
  const { host, port = 4222, websocketPort, run, server } = given;
  if ((server === undefined) !== given.startBroker)
    throw new UsageError("give either --start-broker or --server");
  const tls = tlsFiles(given);
  const clients = Object.fromEntries(
    [...keys.clients].map(([id, { publicKey }]) => [id, publicKey]),
  );
  const broker =
    server === undefined
      ? await startBroker(join(out, "broker"), {
          run,
          host,
          port,
          clients,
          coordinator: keys.coordinator.publicKey,
          ...(websocketPort !== undefined && { websocketPort }),
          ...(tls && { tls }),
        })
      : undefined;
  try {
    const address = server ?? `${tls ? "tls" : "nats"}://${host}:${port}`;
    const connection = await connect({
      servers: address,
      ...connectionOptions(keys.coordinator.seed),
      ...tlsOptions(given),
    });
    const transport = await natsTransport({ connection, run, maxBytes: MOST_BYTES });
    const close = async () => {
      await transport.close();
      await connection.close();
      await broker?.stop();
    };
    return { transport, address, close };
  } catch (error) {
    await broker?.stop();
    throw error;
  }
}

/**
 * Opens a coordinator's connection to its clients; missing keys are created in `<out>/keys`.
 *
 * @throws {UsageError} for flags that do not fit together, or no `nats-server`; errors of the connection
 */
export async function openLink(given: Given, ids: readonly string[], out: string): Promise<Link> {
  const folder = join(out, "keys");
  const keys = await keysIn(folder, ids);
  const link =
    given.transport === "nats"
      ? await overNats(given, keys, out)
      : await overWebSocket(given, keys);
  return { ...link, keys: folder };
}
