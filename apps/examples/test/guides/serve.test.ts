import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel, loadTokenizer } from "@deepgrain/lm";
import { createHandler, type Handler } from "@deepgrain/serve";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runGuide } from "../support/guide";
import { saveTinyModel } from "../support/tiny-models";

let folder: string;
let handler: Handler;
let url: string;
const server = createServer((request, response) =>
  getRequestListener(handler, { overrideGlobalObjects: false })(request, response),
);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "deepgrain-guide-"));
  await saveTinyModel(folder, { texts: ["What is a whale?"], vocabSize: 258, type: "llama" });
  const [model, tokenizer] = [await loadModel(folder), await loadTokenizer(folder)];
  handler = createHandler(
    { base: { model, tokenizer } },
    { doors: ["openai", "responses", "ollama"] },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await handler.close();
  rmSync(folder, { recursive: true, force: true });
});

it("serves a model to openai, the AI SDK and ollama, and from a handler of one's own", async () => {
  const replace = {
    "http://127.0.0.1:8000": url,
    'Model("base")': `Model("${folder}")`,
    'Tokenizer("base")': `Tokenizer("${folder}")`,
  };
  const [openai, sdk, responses, ollama, own] = await runGuide("serve-a-model", { replace });
  expect(openai).toEqual([["length"], [40], [true]]);
  expect(sdk).toEqual([[true, "length"]]);
  expect(responses).toEqual([["incomplete", 40]]);
  expect(ollama).toEqual([["length", 40]]);
  expect(own).toEqual([[["base"]]]);
});
