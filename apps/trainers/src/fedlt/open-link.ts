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
import { type OwnProcesses, PROCESSES_FILE } from "../store/own-processes";
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
  /** Rejects when the broker that was started cannot be kept running. */
  failed: Promise<never>;
  /** Notifies clients that the run has ended, and stops the processes that were started. */
  close(): Promise<void>;
}

/** Where a link keeps what it needs. */
interface LinkPlace {
  /** Folder of the run. */
  out: string;
  processes: OwnProcesses;
}

const never = new Promise<never>(() => {});

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

/** What a link writes into the folder of its run. */
export const linkFiles = ["keys/", "broker/", PROCESSES_FILE];

const isLoopback = (host: string) =>
  host === "localhost" || host === "::1" || host.startsWith("127.");

/** Checks that a link's flags fit together, and writes nothing. @throws {UsageError} */
export function checkLink(given: Given): void {
  const { transport, host, server, startBroker } = given;
  const isNats = transport === "nats";
  if (isNats && (server === undefined) !== startBroker)
    throw new UsageError("give either --start-broker or --server");
  const listens = !isNats || startBroker;
  if (listens && !tlsFiles(given) && !isLoopback(host))
    throw new UsageError(
      `--host ${host} can be reached from outside: give --tls-cert and --tls-key`,
    );
}

async function overWebSocket(given: Given, keys: Keys): Promise<Omit<Link, "keys">> {
  const { host, port = 8080 } = given;
  const tls = tlsFiles(given);
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
  return { transport, address: `${tls ? "wss" : "ws"}://${host}:${bound}`, failed: never, close };
}

async function overNats(
  given: Given,
  keys: Keys,
  { out, processes }: LinkPlace,
): Promise<Omit<Link, "keys">> {
  const { host, port = 4222, websocketPort, run, server } = given;
  const tls = tlsFiles(given);
  const clients = Object.fromEntries(
    [...keys.clients].map(([id, { publicKey }]) => [id, publicKey]),
  );
  const broker =
    server === undefined
      ? await startBroker(
          join(out, "broker"),
          {
            run,
            host,
            port,
            clients,
            coordinator: keys.coordinator.publicKey,
            ...(websocketPort !== undefined && { websocketPort }),
            ...(tls && { tls }),
          },
          processes,
        )
      : undefined;
  try {
    const address = server ?? `${tls ? "tls" : "nats"}://${host}:${port}`;
    const connection = await connect({
      servers: address,
      ...connectionOptions(keys.coordinator.seed),
      ...tlsOptions(given),
    });
    const transport = natsTransport({ connection, run, maxBytes: MOST_BYTES });
    await transport.ready?.();
    const close = async () => {
      try {
        await transport.close();
        await connection.close();
      } finally {
        await broker?.stop(); // also where the broker had just died and nothing can be said to clients
      }
    };
    return { transport, address, failed: broker?.failed ?? never, close };
  } catch (error) {
    await broker?.stop();
    throw error;
  }
}

/**
 * Opens a coordinator's connection to its clients; missing keys are created in `<out>/keys`.
 *
 * @param given as {@link checkLink} accepts it
 * @throws {UsageError} without `nats-server`; errors of the connection
 */
export async function openLink(
  given: Given,
  ids: readonly string[],
  place: LinkPlace,
): Promise<Link> {
  const { out } = place;
  const folder = join(out, "keys");
  const keys = await keysIn(folder, ids);
  const link =
    given.transport === "nats"
      ? await overNats(given, keys, place)
      : await overWebSocket(given, keys);
  return { ...link, keys: folder };
}
