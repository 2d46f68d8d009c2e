import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer as createPlain } from "node:http";
import { createServer as createSecure } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { TlsOptions } from "@nats-io/transport-node";
import { FedError, oneOf, optionsOf, refuseUnknown, whole } from "../../errors";
import { connectionOptions } from "../nats/credentials";
import { natsTransport } from "../nats/nats-transport";
import type { Transport } from "../runtime/transport";
import { webSocketTransport } from "../websocket/server";
import { startBroker } from "./broker";
import { isToken, type Keys, keyFile, keysIn } from "./keys";
import type { ProcessNote } from "./members";

/** Files of certificates, PEM. */
export interface LinkTls {
  readonly certFile?: string | undefined;
  /** The private key of the certificate. */
  readonly keyFile?: string | undefined;
  /** The authority that must have signed the other side's certificate. */
  readonly caFile?: string | undefined;
}

/** Options of `openLink`. */
export interface LinkOptions {
  /** Through a NATS broker, or by WebSocket straight to this process. */
  readonly transport: "nats" | "websocket";
  /** Folder for `keys/`, and for `broker/` where a broker is started. */
  readonly folder: string;
  /** Ids of all clients that may join. */
  readonly clients: readonly string[];
  /** Name of the run on the broker. Default `"fed"`. */
  readonly run?: string | undefined;
  /** A NATS server that runs already; without one, `nats-server` is started and kept running. */
  readonly server?: string | undefined;
  /** Address to listen on. Default 127.0.0.1; others need `tls`. */
  readonly host?: string | undefined;
  /** Default 4222 for NATS, 8080 for WebSocket; 0 takes a free port for WebSocket. */
  readonly port?: number | undefined;
  /** Port where a started broker listens for browsers. */
  readonly websocketPort?: number | undefined;
  /** Of this side. */
  readonly tls?: LinkTls | undefined;
  /** Largest accepted update in bytes. Default 2^28. */
  readonly maxBytes?: number | undefined;
  readonly onProcess?: ProcessNote | undefined;
}

/** A coordinator's connection to its clients. */
export interface Link {
  readonly transport: Transport;
  /** The address at which clients join. */
  readonly address: string;
  /** Path of the key that a client needs. */
  keyFile(clientId: string): string;
  /** Rejects when the broker that was started cannot be kept running. */
  readonly failed: Promise<never>;
  /** Notifies clients that the run has ended, and stops the broker that was started. */
  close(): Promise<void>;
}

type Opened = Omit<Link, "keyFile">;
type Given = LinkOptions & {
  readonly host: string;
  readonly run: string;
  readonly maxBytes: number;
};

const never = new Promise<never>(() => {});

const isLoopback = (host: string) =>
  host === "localhost" || host === "::1" || host.startsWith("127.");

/** The certificate of a server. @throws {FedError} `ERR_ARGUMENT` where it is needed and missing, or without its key */
function serverTls({ host, tls = {} }: Given) {
  const { certFile, keyFile: own, caFile } = tls;
  const refused = (problem: string) => new FedError("ERR_ARGUMENT", `fedlt/openLink: ${problem}`);
  if ((certFile === undefined) !== (own === undefined))
    throw refused("tls.certFile and tls.keyFile belong together");
  if (certFile !== undefined && own !== undefined) return { certFile, keyFile: own, caFile };
  if (isLoopback(host)) return undefined;
  throw refused(`host ${host} can be reached from outside: give tls`);
}

async function overWebSocket(given: Given, keys: Keys): Promise<Opened> {
  const { host, port = 8080, maxBytes } = given;
  const { WebSocketServer } = await import("ws");
  const tls = serverTls(given);
  const http = tls
    ? createSecure({ cert: await readFile(tls.certFile), key: await readFile(tls.keyFile) })
    : createPlain();
  http.listen(port, host);
  await once(http, "listening");
  const server = new WebSocketServer({ server: http, maxPayload: maxBytes });
  const authenticate = (id: string, token: string) => isToken(keys, id, token);
  const transport = webSocketTransport({ server, authenticate, maxBytes });
  const close = async () => {
    await transport.close();
    server.close();
    http.close();
  };
  const { port: bound } = http.address() as AddressInfo;
  return { transport, address: `${tls ? "wss" : "ws"}://${host}:${bound}`, failed: never, close };
}

/** A broker for this run alone, with its address. */
function ownBroker(given: Given, keys: Keys) {
  const { folder, run, host, port = 4222, websocketPort, onProcess = () => {} } = given;
  const tls = serverTls(given);
  const publicKeys = [...keys.clients].map(([id, { publicKey }]) => [id, publicKey] as const);
  const clients = Object.fromEntries(publicKeys);
  const coordinator = keys.coordinator.publicKey;
  const options = { run, host, port, clients, coordinator, websocketPort, tls };
  const address = `${tls ? "tls" : "nats"}://${host}:${port}`;
  return { address, starting: startBroker(join(folder, "broker"), options, onProcess) };
}

async function overNats(given: Given, keys: Keys): Promise<Opened> {
  const { run, server, maxBytes, tls } = given;
  const { connect } = await import("@nats-io/transport-node");
  const own = server === undefined ? ownBroker(given, keys) : undefined;
  const broker = await own?.starting;
  try {
    const address = server ?? own!.address;
    const connection = await connect({
      servers: address,
      ...connectionOptions(keys.coordinator.seed),
      ...tlsOf(tls),
    });
    const transport = natsTransport({ connection, run, maxBytes });
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

/** The certificates of a connection to a broker, if there are any. */
export function tlsOf({ certFile, caFile, ...rest }: LinkTls = {}): { tls?: TlsOptions } {
  if (certFile === undefined && caFile === undefined) return {};
  return { tls: { certFile, caFile, ...rest } as TlsOptions };
}

/**
 * Opens a coordinator's connection to its clients: the keys that are missing are created in `keys/` of the folder, readable
 * only by their owner, and a server or a broker is started. Each client needs its key and the address; see `joinLink`.
 *
 * @returns the transport for `runFederation`, and what clients need to join; close it in the end
 * @throws {FedError} `ERR_ARGUMENT` for a host beyond loopback without `tls`, `ERR_AUTH` for a file without a key,
 *   `ERR_TRANSPORT` when there is no `nats-server` or it does not start; errors of the connection
 */
export async function openLink(options: LinkOptions): Promise<Link> {
  const {
    transport,
    folder,
    clients,
    run = "fed",
    server,
    host = "127.0.0.1",
    port,
    websocketPort,
    tls,
    maxBytes = 2 ** 28,
    onProcess,
    ...rest
  } = optionsOf("openLink", options);
  refuseUnknown("openLink", rest);
  oneOf("openLink", "transport", transport, ["websocket", "nats"]);
  if (port !== undefined) whole("openLink", "port", port, { min: 0, max: 65_535 });
  if (websocketPort !== undefined)
    whole("openLink", "websocketPort", websocketPort, { min: 1, max: 65_535 });
  const common = { transport, folder, clients, run, server, host, port, websocketPort, tls };
  const given = { ...common, maxBytes, onProcess };
  const place = join(folder, "keys");
  const keys = await keysIn(place, clients);
  const open = transport === "nats" ? overNats : overWebSocket;
  return { ...(await open(given, keys)), keyFile: (id) => keyFile(place, id) };
}
