/** @file A server of the loopback address that speaks the routes of the Hugging Face hub. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came. */
export interface SeenRequest {
  /** Origin of the server that it came to. */
  origin: string;
  path: string;
  headers: IncomingMessage["headers"];
}

/** How a file is sent otherwise. */
interface Edit {
  content?: Buffer;
  /** Bytes after which the connection ends; waits until they have arrived, where `arrived` tells how much of the file has. */
  cutAfter?: number;
  arrived?: () => number;
  ignoresRange?: boolean;
}

/** The answer to one request instead of the hub's; nothing for the hub's. */
export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  serve: (edit?: Edit) => void,
) => boolean;

/** A repository: files by path, each at one commit. */
export interface TestRepository {
  commit: string;
  /** `main` and other references that lead to the commit. */
  revisions?: readonly string[];
  files: Readonly<Record<string, Uint8Array | string>>;
  /** Paths of files in large file storage, which another origin serves. */
  large?: readonly string[];
}

export interface HubServer {
  /** Address of the hub. */
  endpoint: string;
  /** Origin of the storage of large files. */
  storage: string;
  /** All requests, in their order. */
  readonly requests: SeenRequest[];
  /** Looks at each request first; true: it was answered. */
  intercept: Answer | undefined;
  repositories: Map<string, TestRepository>;
  close(): Promise<void>;
}

const hash = (algorithm: string, ...parts: (Uint8Array | string)[]) => {
  const running = createHash(algorithm);
  for (const part of parts) running.update(part);
  return running.digest("hex");
};

/** As the hub lists a file. */
function treeEntry(path: string, content: Buffer, isLarge: boolean) {
  const oid = hash("sha1", `blob ${content.length}\0`, content);
  const entry = { type: "file", oid, size: content.length, path };
  if (!isLarge) return entry;
  const lfs = { oid: hash("sha256", content), size: content.length, pointerSize: 134 };
  return { ...entry, oid: hash("sha1", "pointer of ", content), lfs };
}

/** Sends a file, or the range of it that is asked for. */
function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  edit: Edit = {},
): ServerResponse {
  const bytes = edit.content ?? content;
  const [, from] = /^bytes=(\d+)-/.exec(request.headers.range ?? "") ?? [];
  const begin = from === undefined || edit.ignoresRange ? 0 : Number(from);
  const isRange = from !== undefined && !edit.ignoresRange;
  const end = bytes.length;
  response.writeHead(isRange ? 206 : 200, {
    "content-length": end - begin,
    etag: `"${hash("sha1", bytes)}"`,
    ...(isRange ? { "content-range": `bytes ${begin}-${end - 1}/${end}` } : {}),
  });
  if (edit.cutAfter === undefined) {
    return response.end(bytes.subarray(begin));
  }
  const { cutAfter, arrived = () => Infinity } = edit;
  const cut = () =>
    arrived() >= begin + cutAfter || response.destroyed ? response.destroy() : setTimeout(cut, 5);
  response.write(bytes.subarray(begin, begin + cutAfter), () => setTimeout(cut, 20));
  return response;
}

function sendJson(
  response: ServerResponse,
  value: unknown,
  status = 200,
  code?: string,
): ServerResponse {
  const headers = { "content-type": "application/json", ...(code ? { "x-error-code": code } : {}) };
  response.writeHead(status, headers);
  return response.end(JSON.stringify(value));
}

/** The hub's own answer. */
function respond(
  hub: HubServer,
  request: IncomingMessage,
  response: ServerResponse,
  edit?: Edit,
): ServerResponse {
  const { pathname, searchParams } = new URL(request.url!, hub.endpoint);
  const path = decodeURIComponent(pathname);
  const [, name, rest] =
    /^(?:\/api\/models)?\/([^/]+\/[^/]+)\/(.*)$/.exec(path) ?? ([] as string[]);
  const repository = hub.repositories.get(name ?? "");
  if (!repository) return sendJson(response, { error: "not found" }, 404, "RepoNotFound");
  const { commit, files, large = [], revisions = ["main"] } = repository;
  const contentOf = (file: string) => Buffer.from(files[file]!);
  const revision = /^revision\/(.*)$/.exec(rest!)?.[1];
  if (revision !== undefined) {
    const isKnown = [commit, ...revisions].includes(revision);
    if (!isKnown) return sendJson(response, { error: "no revision" }, 404, "RevisionNotFound");
    return sendJson(response, { _id: "1", id: name, sha: commit, lastModified: "2026-01-01" });
  }
  const folder = /^tree\/[0-9a-f]+\/?(.*)$/.exec(rest!)?.[1];
  if (folder !== undefined) {
    const isDeep = searchParams.get("recursive") === "true";
    const folderOf = (file: string) => file.slice(0, Math.max(0, file.lastIndexOf("/")));
    const inside = Object.keys(files).filter((file) =>
      isDeep ? file.startsWith(folder) : folderOf(file) === folder,
    );
    const entries = inside.map((file) => treeEntry(file, contentOf(file), large.includes(file)));
    return sendJson(response, entries);
  }
  const file = /^(?:resolve|stored)\/[0-9a-f]+\/(.*)$/.exec(rest!)?.[1];
  if (file === undefined || files[file] === undefined)
    return sendJson(response, { error: "not found" }, 404, "EntryNotFound");
  if (large.includes(file) && rest!.startsWith("resolve/")) {
    const location = `${hub.storage}/${name}/${rest!.replace(/^resolve/, "stored")}?signature=secret`;
    response.writeHead(302, { location });
    return response.end();
  }
  return sendFile(request, response, contentOf(file), edit);
}

/** Starts a hub and, on another port, the storage of its large files. */
export async function startHub(
  repositories: Readonly<Record<string, TestRepository>> = {},
): Promise<HubServer> {
  const requests: SeenRequest[] = [];
  const listen = async () => {
    const server = createServer((request, response) => {
      const { port } = server.address() as AddressInfo;
      requests.push({
        origin: `http://127.0.0.1:${port}`,
        path: request.url!,
        headers: request.headers,
      });
      const serve = (edit?: Edit) => void respond(hub, request, response, edit);
      if (!hub.intercept?.(request, response, serve)) serve();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return server;
  };
  const servers = [await listen(), await listen()];
  const [endpoint, storage] = servers.map(
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  ) as [string, string];
  const hub: HubServer = {
    endpoint,
    storage,
    requests,
    intercept: undefined,
    repositories: new Map(Object.entries(repositories)),
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
  return hub;
}
