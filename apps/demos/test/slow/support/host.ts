import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A page of another origin. */
export interface Host {
  url: string;
  close(): void;
}

/** Serves one page under every path. @param policy its Content-Security-Policy; "" for none */
export async function serveHost(body: string, policy: string): Promise<Host> {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>An article</title><body>${body}</body></html>`;
  const server = createServer((_, response) => {
    const headers = policy === "" ? {} : { "Content-Security-Policy": policy };
    response.writeHead(200, { "Content-Type": "text/html", ...headers }).end(html);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://localhost:${port}/`, close };
}
