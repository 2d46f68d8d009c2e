import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";

/** A server on loopback. */
export interface Loopback {
  /** Without a slash at the end. */
  url: string;
  /** The paths that were asked for, in order. */
  asked: string[];
  close(): void;
}

/** Answers a request, or does not know it. */
type Answer = (
  request: IncomingMessage,
) => Promise<{ body: string | Uint8Array; type?: string } | undefined>;

/** Files of a folder by their path, with ranges as servers of models give them. */
export const files =
  (folder: string): Answer =>
  async ({ url = "/" }) => {
    const path = join(folder, normalize(decodeURI(url)));
    const body = await readFile(path).catch(() => undefined);
    return body && { body, type: path.endsWith(".html") ? "text/html" : "text/javascript" };
  };

/** Serves on loopback whatever `answer` knows; the rest is 404. */
export async function serveLoopback(answer: Answer): Promise<Loopback> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    asked.push(request.url!);
    const known = await answer(request);
    if (!known) return void response.writeHead(404).end();
    const { type = "application/octet-stream" } = known;
    const whole = Buffer.from(known.body);
    const range = /^bytes=(\d+)-(\d+)?$/.exec(request.headers.range ?? "");
    if (!range) return void response.writeHead(200, { "Content-Type": type }).end(whole);
    const [from, to] = [Number(range[1]), Number(range[2] ?? whole.length - 1)];
    const part = whole.subarray(from, to + 1);
    const place = `bytes ${from}-${from + part.length - 1}/${whole.length}`;
    response.writeHead(206, { "Content-Type": type, "Content-Range": place }).end(part);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The body of a request as text. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}
