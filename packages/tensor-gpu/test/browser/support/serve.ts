import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript" };

/** A static server on the loopback. */
export interface Server {
  readonly url: string;
  close(): void;
}

/** Serves a folder, every answer with the given headers. */
export async function serve(folder: string, headers: Record<string, string>): Promise<Server> {
  const server = createServer(({ url = "/" }, response) => {
    const path = join(folder, normalize(decodeURI(url)));
    const type = TYPES[extname(path)];
    if (!type || !existsSync(path)) response.writeHead(204).end();
    else response.writeHead(200, { ...headers, "Content-Type": type }).end(readFileSync(path));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
