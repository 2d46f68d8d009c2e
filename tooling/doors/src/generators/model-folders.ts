/** @file Folders and files of models, adapters and packages, and the servers that they lie on. */
import { gzipSync } from "node:zlib";
import { jsonlFile, sourceCode } from "@deepgrain/datasets";
import { openAdapter, readTaskFile } from "@deepgrain/esft";
import {
  CausalLM,
  loadModel,
  loadTokenizer,
  parseConfig,
  readLora,
  saveModel,
} from "@deepgrain/lm";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import fc from "fast-check";
import { inFile, inFolder, NEXT, partsOf, recordText, rowsText } from "../folder";
import type { Generator } from "../generator";
import { loadStepRewardModel, openSource } from "../inside-commands";
import { anyJson, count, manyLines, word } from "./json-values";

const keys = (n: number) => Object.fromEntries(count(n).map((i) => [`k${i}`, i]));
const json = JSON.stringify;
const blob = (part: unknown) =>
  new Blob([part instanceof Uint8Array ? (part as Uint8Array<ArrayBuffer>) : (json(part) ?? "")]);

const consume = async (rows: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of rows);
};

/** A header of safetensors before so many zeros. */
function tensorFile(header: unknown, sizeBytes: number): Uint8Array {
  const text = new TextEncoder().encode(json(header) ?? "");
  const file = new Uint8Array(8 + text.length + sizeBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

/** A header of tensors of one number each, or of these shapes. */
const headerOf = (names: readonly string[], shape: readonly number[] = [1]) => {
  const size = 4 * shape.reduce((a, b) => a * b, 1);
  const places = names.map((name, i) => [name, i * size, (i + 1) * size] as const);
  return Object.fromEntries(
    places.map(([name, from, to]) => [name, { dtype: "F32", shape, data_offsets: [from, to] }]),
  );
};

/** The content of a file as a server announces and sends it. */
interface Answer {
  readonly status?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
}
const sent = (n: number, more: object = {}) => ({
  status: 206,
  headers: { "content-range": `bytes 0-${n - 1}/${n}`, etag: '"1"' },
  body: "a".repeat(n),
  ...more,
});

function response({ status, headers, body }: Answer): Response {
  const own = new Headers();
  for (const [name, value] of Object.entries(Object(headers)))
    if (/^[a-z-]+$/.test(name) && /^[\x20-\x7e]*$/.test(String(value)))
      own.set(name, String(value));
  const code = Number.isInteger(status) && (status as number) >= 200 ? (status as number) : 200;
  const isEmpty = [204, 205, 304].includes(code) || body === null;
  return new Response(isEmpty ? null : String(body), { status: Math.min(code, 599), headers: own });
}

async function readRanges(answer: Answer | null) {
  const fetch = async () => response(Object(answer));
  const source = await openSource("http://127.0.0.1:9/file", { fetch });
  try {
    await source.read(0, Math.min(4, source.size ?? 0));
    await source.read(Math.max(0, (source.size ?? 0) - 2), source.size ?? 0);
  } finally {
    await source.close?.();
  }
}

const config = tinyConfig("llama", { num_hidden_layers: 1, intermediate_size: 8 });
let saved: Promise<Map<string, Blob>> | undefined;
/** The files of a model of zeros. */
const savedModel = () => {
  saved ??= (async () => {
    const folder = new Map<string, Blob>();
    const model = new CausalLM(parseConfig(config), { generator: null });
    await saveModel(folder, model);
    model.dispose();
    return folder;
  })();
  return saved;
};

const loadConfigured = async (own: unknown) => {
  const model = await loadModel(new Map([...(await savedModel()), ["config.json", blob(own)]]));
  model.dispose();
};

const words = ["<unk>", "a", "b", "ab"];
const tokenizer = (more: readonly string[] = []) => ({
  version: "1.0",
  added_tokens: [],
  pre_tokenizer: null,
  decoder: null,
  model: {
    type: "BPE",
    vocab: Object.fromEntries([...words, ...more].map((name, i) => [name, i])),
    merges: [["a", "b"]],
    unk_token: "<unk>",
  },
});
const readTokens = (given: { tokenizer?: unknown; config?: unknown; template?: unknown } | null) =>
  loadTokenizer(
    new Map([
      ["tokenizer.json", blob(given?.tokenizer)],
      ["tokenizer_config.json", blob(given?.config)],
      ["chat_template.jinja", new Blob([String(given?.template)])],
    ]),
  );

interface Adapter {
  readonly config?: unknown;
  readonly header?: unknown;
}
/** The files of an adapter whose tensors have one number each. */
const adapterOf = (name: string, given: Adapter | null) => {
  const names = Object.keys(Object(given?.header)).filter((key) => key !== "__metadata__");
  return new Map([
    [name, blob(given?.config)],
    ["adapter_model.safetensors", blob(tensorFile(given?.header, 4 * names.length))],
  ]);
};

const factors = (n: number) =>
  count(n).flatMap((i) =>
    ["A", "B"].map((half) => `base_model.model.l${i}.q_proj.lora_${half}.weight`),
  );
const lora = (n: number, more: object = {}) => ({
  config: { peft_type: "LORA", r: 1, lora_alpha: 2, target_modules: ["q_proj"], ...more },
  header: headerOf(factors(n), [1, 1]),
});

const experts = (n: number, more: object = {}) => ({
  config: {
    experts: Object.fromEntries(count(n).map((i) => [i, [0]])),
    shared_experts: false,
    non_expert_modules: false,
  },
  header: { ...headerOf(count(n).map((i) => `layers.${i}.mlp.experts.0.up_proj.weight`)), ...more },
});
const openExperts = async (given: Adapter | null) => {
  const adapter = await openAdapter(adapterOf("expert_cfg.json", given));
  await adapter.close();
};

const settings = (more: object = {}) => ({
  head: { kind: "tag", goodTokenId: 1, badTokenId: 2 },
  form: { kind: "pieces" },
  target: "process",
  ...more,
});
const loadReward = async (text: string) => {
  const files: Record<string, string | Uint8Array> = { "step-reward.json": text };
  for (const [name, content] of await savedModel())
    files[name] = new Uint8Array(await content.arrayBuffer());
  await inFolder(files, async (folder) => (await loadStepRewardModel(folder)).model.dispose());
};

const conversation = (i: number) => ({
  id: i,
  messages: [
    { role: "user", content: "a" },
    { role: "assistant", content: "b" },
  ],
});
const prompt = (idx: number) => ({ idx, prompt: "a", raw_answers: ["b"], answers: ["b"] });

export const modelFolderGenerators: readonly Generator[] = [
  {
    door: "openSource",
    form: "json",
    valid: fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.boolean())
      .map(([n, isWhole]) => (isWhole ? { status: 200, body: "a".repeat(n) } : sent(n))),
    read: readRanges,
    orders: {
      "a whole file": (n) => ({ status: 200, body: "a".repeat(8 * n) }),
      "a long size": (n) => sent(4, { headers: { "content-range": "/1".repeat(n) } }),
    },
  },
  {
    door: "loadModel",
    form: "json",
    valid: fc.dictionary(word, anyJson, { maxKeys: 2 }).map((more) => ({ ...more, ...config })),
    read: loadConfigured,
    orders: {
      layers: (n) => ({ ...config, num_hidden_layers: n }),
    },
  },
  {
    door: "loadTokenizer",
    form: "json",
    valid: fc.record({
      tokenizer: fc.uniqueArray(word, { maxLength: 3 }).map(tokenizer),
      config: fc
        .dictionary(word, anyJson, { maxKeys: 2 })
        .map((more) => ({ ...more, bos_token: "a" })),
      template: fc.constant("{{ bos_token }}"),
    }),
    read: readTokens,
    orders: {
      words: (n) => ({ tokenizer: tokenizer(count(n).map(String)), config: {}, template: "" }),
    },
  },
  {
    door: "readLora",
    form: "json",
    valid: fc.integer({ min: 1, max: 3 }).map((n) => lora(n)),
    read: (given: Adapter | null) => readLora(adapterOf("adapter_config.json", given)),
    orders: {
      factors: (n) => lora(n),
      patterns: (n) =>
        lora(1, { rank_pattern: Object.fromEntries(count(n).map((i) => [`m${n}_${i}`, 1])) }),
    },
  },
  {
    door: "openAdapter",
    form: "json",
    valid: fc.integer({ min: 1, max: 3 }).map((n) => experts(n)),
    read: openExperts,
    orders: {
      layers: (n) => experts(n),
    },
  },
  {
    door: "loadStepRewardModel",
    form: "text",
    valid: recordText(fc.constant(settings())),
    read: loadReward,
    orders: { keys: (n) => json(settings(keys(n))) },
  },
  {
    door: "jsonlFile",
    form: "bytes",
    valid: fc
      .tuple(rowsText(anyJson), fc.boolean())
      .map(([text, isPacked]) =>
        isPacked ? new Uint8Array(gzipSync(text)) : new TextEncoder().encode(text),
      ),
    read: (bytes: Uint8Array) => {
      const isPacked = bytes[0] === 0x1f || bytes.length % 7 === 0;
      return inFile(isPacked ? "rows.jsonl.gz" : "rows.jsonl", bytes, (path) =>
        consume(jsonlFile(path)),
      );
    },
    orders: { "packed rows": (n) => new Uint8Array(gzipSync(manyLines(n, (i) => ({ i })))) },
  },
  {
    door: "readTaskFile",
    form: "text",
    valid: fc.oneof(
      rowsText(fc.nat(9).map(conversation), fc.constant(conversation(0))),
      rowsText(fc.nat(9).map(prompt), fc.constant(prompt(0))),
    ),
    read: (text: string) => inFile("law-eval.jsonl", text, readTaskFile),
    orders: {
      prompts: (n) => manyLines(n, prompt),
    },
  },
  {
    door: "sourceCode",
    form: "text",
    valid: fc
      .tuple(recordText(fc.record({ name: word, version: word, license: word })), word)
      .map((parts) => parts.join(NEXT)),
    read: (text: string) => {
      const [manifest = "", source = ""] = partsOf(text);
      return inFolder({ "package.json": manifest, "src/a.ts": source }, (from) =>
        consume(sourceCode("tiny", { from })),
      );
    },
    orders: { lines: (n) => `{}${NEXT}${"a\n".repeat(n)}` },
  },
];
