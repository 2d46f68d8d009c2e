import { once } from "node:events";
import type { Server, ServerOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Handler } from "../../src";

/** A handler behind HTTP on a port of its own. */
export interface Served {
  /** Without a slash at the end. */
  url: string;
  port: number;
  server: Server;
  /** Closes server and handler. */
  close(): Promise<void>;
}

/** Serves a handler on the loopback address. */
export async function serveHttp(handler: Handler, options: ServerOptions = {}): Promise<Served> {
  const server = createAdaptorServer({
    fetch: handler,
    overrideGlobalObjects: false,
    serverOptions: options,
  }) as Server;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    async close() {
      server.close();
      server.closeAllConnections();
      await handler.close();
    },
  };
}
