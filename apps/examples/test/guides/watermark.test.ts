import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTokenizer, trainBpe } from "@deepgrain/lm";
import { createWatermark, toLogitBias } from "@deepgrain/watermark";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runGuide } from "../support/guide";
import { bodyOf, files, type Loopback, serveLoopback } from "../support/loopback";
import { saveTinyModel } from "../support/tiny-models";

const syllables = "ka lo mi ra tu ne so vi be du pa go fe zu".split(" ");
const words = syllables.flatMap((a) => syllables.flatMap((b) => [`${a}${b}`, `${b}${a}n`]));

/** Whole numbers that look random. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state;
  };
}

/** Sentences of random words. */
function prose(count: number, seed: number): string {
  const next = numbers(seed);
  return Array.from({ length: count }, () => words[next() % words.length]).join(" ");
}

const corpus = prose(12_000, 7);
const tiny = { texts: [corpus], vocabSize: 900, type: "llama" } as const;
const folder = mkdtempSync(join(tmpdir(), "deepgrain-guide-"));
const biases: Record<string, number>[] = [];
let server: Loopback;

/** A language model without context: words as frequent as in the corpus, shifted by a bias. */
async function openModel() {
  const specialTokens = ["<s>", "</s>"];
  const json = await trainBpe(tiny.texts, { vocabSize: tiny.vocabSize, specialTokens });
  const tokenizer = await createTokenizer({ tokenizer: json });
  const counts = new Map<number, number>();
  for (const id of tokenizer.encode(corpus)) counts.set(id, (counts.get(id) ?? 0) + 1);
  const complete = (length: number, bias: Record<string, number>): string => {
    const weights = [...counts].map(
      ([id, count]) => [id, count * Math.exp(bias[id] ?? 0)] as const,
    );
    const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
    const next = numbers(5);
    const draw = () => {
      let rest = (next() / 2_147_483_647) * total;
      for (const [id, weight] of weights) {
        rest -= weight;
        if (rest < 0) return id;
      }
      return weights[0]![0];
    };
    return tokenizer.decode(Array.from({ length }, draw));
  };
  return { tokenizer, complete, tokens: [...counts.keys()] };
}

beforeAll(async () => {
  await saveTinyModel(join(folder, "my-model"), tiny);
  const { tokenizer, complete, tokens } = await openModel();
  const profile = { scheme: "unigram", vocab_size: tokenizer.vocabSize, bias: 3 } as const;
  const owner = createWatermark(profile, "00112233445566778899aabbccddeeff");
  const json = (body: object) => ({ body: JSON.stringify(body), type: "application/json" });
  server = await serveLoopback(async (request) => {
    if (request.url === "/typical-answers.txt") return { body: prose(800, 3) };
    if (request.url === "/v1/completions") {
      const { logit_bias, max_tokens } = JSON.parse(await bodyOf(request));
      biases.push(logit_bias);
      return json({ choices: [{ text: complete(max_tokens, logit_bias) }] });
    }
    if (request.url !== "/v1/chat/completions") return files(folder)(request);
    const content = complete(400, toLogitBias(owner, { tokens }));
    const choice = { index: 0, message: { role: "assistant", content }, finish_reason: "stop" };
    const usage = { prompt_tokens: 6, completion_tokens: 400, total_tokens: 406 };
    return json({ id: "1", created: 1, model: "my-model", choices: [choice], usage });
  });
});

afterAll(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const replaced = () => ({
  "https://models.example.com": server.url,
  "https://api.example.com": server.url,
});

it("marks text through an OpenAI-compatible endpoint and reads it from the text alone", async () => {
  const [logged] = await runGuide("watermark-your-text", { replace: replaced() });
  expect(logged).toEqual([["found", true], ["not-found"]]);
  const values = Object.values(biases[0]!);
  expect(values.length).toBeGreaterThan(100);
  expect(new Set(values)).toEqual(new Set([3]));
});

it("gives every answer of the AI SDK a verdict", async () => {
  const guide = "watermark-in-llama-cpp-and-ai-sdk";
  const [logged] = await runGuide(guide, { replace: replaced() });
  expect(logged).toEqual([["found"]]);
});
