import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";

/** Where and how the server listens. */
export interface ListenOptions {
  host: string;
  /** 0: any. */
  port: number;
  /** Time for the headers of a request. */
  headerTimeoutMs: number;
  /** Further connections are closed at once. */
  maxConnections: number;
}

/** A server that listens. */
export interface Listening {
  url: string;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** Whether only this machine reaches an address. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || host.startsWith("127.");

/** Answers the requests that arrive at an address. @throws {Error} when the port is taken */
export async function listen(
  handler: (request: Request) => Promise<Response>,
  { host, port, headerTimeoutMs, maxConnections }: ListenOptions,
): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: handler,
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: headerTimeoutMs,
      connectionsCheckingInterval: Math.min(1000, headerTimeoutMs),
    },
  }) as Server;
  server.maxConnections = maxConnections;
  server.listen(port, host);
  await once(server, "listening");
  const { address, family, port: bound } = server.address() as AddressInfo;
  const name = family === "IPv6" ? `[${address}]` : address;
  return {
    url: `http://${name}:${bound}`,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
