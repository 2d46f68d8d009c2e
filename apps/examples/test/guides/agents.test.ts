import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Batcher,
  CausalLM,
  createBatcher,
  createTokenizer,
  EncoderModel,
  parseConfig,
  parseEncoderConfig,
  saveEncoder,
  saveTokenizer,
  trainBpe,
} from "@deepgrain/lm";
import { createHandler, type Handler, type ServedModel } from "@deepgrain/serve";
import { Generator } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runGuide } from "../support/guide";

const marks = ["<tool_call>", "</tool_call>"];
const chat_template = [
  "{% for t in tools or [] %}{{ t | tojson }}{% endfor %}",
  "{% for m in messages %}<{{ m.role }}>{{ m.content }}",
  `{% for c in m.tool_calls or [] %}${marks[0]}{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}${marks[1]}{% endfor %}`,
  "{% endfor %}",
].join("");

/** Calls the tool, and tells its result. */
const agent = (prompt: string) =>
  prompt.includes("<tool>30 °C")
    ? "It is 30 °C."
    : `${marks[0]}\n{"name": "weather", "arguments": {"city": "Rome"}}\n${marks[1]}`;

/** A model of random weights that answers as `agent` does, where its masks let it. */
async function agentModel(): Promise<ServedModel> {
  const specialTokens = ["<s>", "</s>"];
  const json = (await trainBpe(["a"], { vocabSize: 258, specialTokens, minFrequency: 1 })) as {
    added_tokens: object[];
  };
  const added = marks.map((content, i) => ({ id: 258 + i, content, special: false }));
  const tokenizer = await createTokenizer({
    tokenizer: { ...json, added_tokens: [...json.added_tokens, ...added] } as never,
    config: { bos_token: "<s>", eos_token: "</s>", chat_template },
  });
  const sizes = { vocab_size: 260, max_position_embeddings: 2048, eos_token_id: 1 };
  const model = new CausalLM(parseConfig(tinyConfig("llama", sizes)), {
    generator: new Generator(1),
  });
  const inner = createBatcher(model.eval());
  const batcher: Batcher = {
    generate(request) {
      const text = agent(tokenizer.decode(request.prompt));
      const ids = [...tokenizer.encode(text, { addSpecialTokens: false }), 1];
      const force = (all: ArrayLike<number>, logits: Float32Array) => {
        const next = ids[all.length - request.prompt.length];
        if (next !== undefined && logits[next]! > Number.NEGATIVE_INFINITY) logits[next] = 1e6;
        return logits;
      };
      return inner.generate({ ...request, logitsProcessors: [force] });
    },
    numbers: () => inner.numbers(),
    close: () => inner.close(),
  };
  return { tokenizer, batcher, contextLength: 2048 };
}

async function writeEncoder(folder: string): Promise<void> {
  const specialTokens = ["[PAD]", "[CLS]", "[SEP]"];
  const tokenizer = await trainBpe(["a"], { vocabSize: 259, specialTokens, minFrequency: 1 });
  const config = { pad_token: "[PAD]", cls_token: "[CLS]", sep_token: "[SEP]" };
  await saveTokenizer(folder, { tokenizer, config });
  const sizes = { vocab_size: 259, max_position_embeddings: 64 };
  const encoder = new EncoderModel(parseEncoderConfig(tinyConfig("bert", sizes)), {
    generator: new Generator(2),
  });
  await saveEncoder(folder, encoder);
}

let folder: string;
let handler: Handler;
let url: string;
const server = createServer((request, response) =>
  getRequestListener(handler, { overrideGlobalObjects: false })(request, response),
);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "deepgrain-guide-"));
  await writeEncoder(folder);
  handler = createHandler({ base: await agentModel() });
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

it("calls a tool by openai and by the AI SDK, and makes vectors", async () => {
  const replace = { "http://127.0.0.1:8000": url, '("encoder")': `("${folder}")` };
  const [openai, sdk, vectors] = await runGuide("agents-and-editors", { replace });
  expect(openai).toEqual([["tool_calls", "weather", '{"city": "Rome"}'], ["It is 30 °C."]]);
  expect(sdk).toEqual([[["tool-calls", "stop"]], ["It is 30 °C."]]);
  expect(vectors).toEqual([[true]]);
});
