/** @file What peers and servers send. */
import { encodeSafetensors } from "@deepgrain/fedlt";
import { openAiCompleter } from "@deepgrain/prm";
import fc from "fast-check";
import type { Generator } from "../generator";
import {
  checkHeader,
  decodeCheckpoint,
  decodeNpy,
  decodeSafetensors,
  decodeUpdate,
  encodeNpy,
  encodeUpdate,
  readAnnotationJob,
  readJson,
} from "../inside";
import { anyJson, count, word } from "./json-values";
import { headerReversed, manyTensors, safetensorsFile } from "./weights";

const scalar = (value: number) => ({ shape: [1], data: Float32Array.of(value) });

/** An update as its header and the bytes of its blob. */
const update = (n: number, format: "npy" | "safetensors") => {
  const params = new Map(count(n).map((i) => [`w${i}`, scalar(i)]));
  const address = { clientId: "a", kind: "fit", round: 1 } as never;
  const { header, blob } = encodeUpdate(
    address,
    { params, numSamples: 3, metrics: { loss: 1 } },
    { format },
  );
  return { header, blob: Buffer.from(blob).toString("base64") };
};

/** Reads an update as it comes over a connection: the header is checked first. */
function readUpdate(given: { header?: unknown; blob?: unknown } | null) {
  const blob = Uint8Array.from(Buffer.from(String(given?.blob), "base64"));
  return decodeUpdate({ header: checkHeader(given?.header), blob });
}

const checkpoint = (n: number) =>
  encodeSafetensors({
    tensors: new Map(count(n).map((i) => [`group::w${i}`, scalar(i)])),
    metadata: {
      fedlt: JSON.stringify({ run: { strategy: "s", seed: 1 }, record: {}, values: {} }),
    },
  });

const answer = (texts: readonly string[]) => ({
  choices: texts.map((content, index) => ({ index, finish_reason: "stop", message: { content } })),
  usage: { prompt_tokens: 1, completion_tokens: 1 },
});

/** Asks an endpoint that answers so. */
async function complete(text: string) {
  const ask = openAiCompleter({
    baseUrl: "http://127.0.0.1:9/v1",
    model: "m",
    retries: 0,
    fetch: async () => new Response(text, { headers: { "content-type": "application/json" } }),
  } as never);
  await ask({ problem: "p", steps: [] } as never, { seeds: [1], maxTokens: 4 } as never);
}

const request = (body: string) =>
  new Request("http://127.0.0.1/v1/completions", {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });

const job = (steps: number) => ({
  solution: { id: "a", problem: "p", steps: count(steps).map((i) => `step ${i}`), gold: "2" },
  settings: { grader: { format: "gsm8k", mode: "exact-value", marker: null }, maxTokens: null },
});

const small = fc.integer({ min: 0, max: 4 });

export const messageGenerators: readonly Generator[] = [
  {
    door: "decodeSafetensors",
    form: "bytes",
    valid: safetensorsFile,
    read: (bytes: Uint8Array) => decodeSafetensors(bytes),
    orders: {
      rising: (n) => manyTensors(n, (i) => `w${i}`),
      falling: (n) => headerReversed(manyTensors(n, (i) => `w${i}`)),
    },
  },
  {
    door: "decodeCheckpoint",
    form: "bytes",
    valid: small.map(checkpoint),
    read: (bytes: Uint8Array) => decodeCheckpoint(bytes),
    orders: { tensors: checkpoint },
  },
  {
    door: "decodeNpy",
    form: "bytes",
    valid: fc
      .array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 })
      .map((shape) =>
        encodeNpy({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }),
      ),
    read: (bytes: Uint8Array) => decodeNpy(bytes),
    orders: {
      sides: (n) => encodeNpy({ shape: count(n).map(() => 1), data: new Float32Array(1) }),
      numbers: (n) => encodeNpy({ shape: [n], data: new Float32Array(n) }),
    },
  },
  {
    door: "decodeUpdate",
    form: "json",
    valid: fc
      .tuple(small, fc.constantFrom("npy" as const, "safetensors" as const))
      .map(([n, format]) => update(n, format)),
    read: readUpdate,
    orders: { npy: (n) => update(n, "npy"), safetensors: (n) => update(n, "safetensors") },
  },
  {
    door: "openAiCompleter",
    form: "text",
    valid: word.map((text) => JSON.stringify(answer([text]))),
    read: complete,
    orders: {
      "a long text": (n) => JSON.stringify(answer(["word ".repeat(n)])),
      choices: (n) => JSON.stringify(answer(count(n).map(String))),
      "deep lists": (n) => "[".repeat(n),
    },
  },
  {
    door: "readAnnotationJob",
    form: "json",
    valid: small.map((n) => job(n + 1)),
    read: (json: never) => readAnnotationJob(json),
    orders: { steps: job },
  },
  {
    door: "createHandler",
    form: "text",
    valid: anyJson.map((json) => JSON.stringify(json)),
    read: (text: string) => readJson(request(text), 2 ** 23),
    orders: {
      keys: (n) => JSON.stringify(Object.fromEntries(count(n).map((i) => [`k${i}`, i]))),
      "objects inside": (n) => `${'{"a":'.repeat(n)}1${"}".repeat(n)}`,
      "deep lists": (n) => "[".repeat(n),
      escapes: (n) => JSON.stringify({ text: '"\\'.repeat(n) }),
    },
  },
];
