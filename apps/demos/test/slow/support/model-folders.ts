import { mkdirSync, mkdtempSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CausalLM, parseConfig, saveModel } from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { shippedSource } from "../../../src/model/source";
import type { ModelFiles } from "../../../src/models/folder-files";
import { collect, modelInNode, signal } from "./shipped";

/** The files of stories260K, as the page gives them. */
export async function storiesFiles(): Promise<Map<string, Blob>> {
  const [files] = await collect(modelInNode().files({ source: shippedSource("stories") }, signal));
  return new Map(files);
}

/** Files with a JSON file of them changed. */
export async function withJson(
  files: ModelFiles,
  name: string,
  change: object,
): Promise<Map<string, Blob>> {
  const own = JSON.parse((await files.get(name)?.text()) ?? "{}");
  return new Map([...files, [name, new Blob([JSON.stringify({ ...own, ...change })])]]);
}

/** A folder of this name on disk. */
export async function onDisk(name: string, files: ModelFiles): Promise<string> {
  const folder = join(mkdtempSync(join(tmpdir(), "deepgrain-model-")), name);
  mkdirSync(folder);
  for (const [file, content] of files)
    writeFileSync(join(folder, file), new Uint8Array(await content.arrayBuffer()));
  return folder;
}

/** Makes a file of a folder as long as it should be, without taking room for it. */
export const lengthen = (folder: string, name: string, bytes: number): void =>
  truncateSync(join(folder, name), bytes);

/** A model of bytes that knows nothing and takes its time. */
export async function slowModel(): Promise<Map<string, Blob>> {
  manualSeed(1);
  const sizes = { vocab_size: 256, hidden_size: 256, num_hidden_layers: 6, num_attention_heads: 4 };
  const model = new CausalLM(
    parseConfig({
      model_type: "llama",
      intermediate_size: 768,
      max_position_embeddings: 4096,
      ...sizes,
    }),
  );
  const files = new Map<string, Blob>();
  await saveModel(files, model);
  return files;
}

/** A host of this machine that other pages may read, with a model at `/model`. */
export async function serveModel(files: ModelFiles) {
  const asked: { path: string; referrer: string | undefined; cookie: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    const path = request.url!;
    const { referer: referrer, cookie } = request.headers;
    asked.push({ path, referrer, cookie });
    const open = { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*" };
    if (request.method === "OPTIONS") return void response.writeHead(204, open).end();
    if (path.startsWith("/moved/"))
      return void response.writeHead(302, { ...open, Location: `/model/${path.slice(7)}` }).end();
    const file = files.get(path.replace(/^\/(model|closed)\//, ""));
    if (!file) return void response.writeHead(404, open).end();
    response.writeHead(200, path.startsWith("/closed/") ? {} : open);
    response.end(new Uint8Array(await file.arrayBuffer()));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    host: `127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
