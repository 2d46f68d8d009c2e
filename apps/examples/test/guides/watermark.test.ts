import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTokenizer, trainBpe } from "@deepgrain/lm";
import { expect, it } from "vitest";
import { runGuide } from "../support/guide";
import { bodyOf, files, serveLoopback } from "../support/loopback";
import { saveTinyModel } from "../support/tiny-models";

const syllables = [
  "ka",
  "lo",
  "mi",
  "ra",
  "tu",
  "ne",
  "so",
  "vi",
  "be",
  "du",
  "pa",
  "go",
  "fe",
  "zu",
];
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

it("marks text through an OpenAI-compatible endpoint and reads it from the text alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-guide-"));
  const corpus = prose(12_000, 7);
  const tiny = { texts: [corpus], vocabSize: 900, type: "llama" } as const;
  await saveTinyModel(join(folder, "my-model"), tiny);
  const json = await trainBpe(tiny.texts, {
    vocabSize: tiny.vocabSize,
    specialTokens: ["<s>", "</s>"],
  });
  const tokenizer = createTokenizer({ tokenizer: json });
  const asked: { logit_bias: Record<string, number>; max_tokens: number }[] = [];
  // A language model without context: words as frequent as in the corpus, shifted by logit_bias.
  const complete = (body: (typeof asked)[number]): string => {
    const counts = new Map<number, number>();
    for (const id of tokenizer.encode(corpus)) counts.set(id, (counts.get(id) ?? 0) + 1);
    const weights = [...counts].map(
      ([id, count]) => [id, count * Math.exp(body.logit_bias[id] ?? 0)] as const,
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
    return tokenizer.decode(Array.from({ length: body.max_tokens }, draw));
  };
  const server = await serveLoopback(async (request) => {
    if (request.url === "/typical-answers.txt") return { body: prose(800, 3) };
    if (request.url !== "/v1/completions") return files(folder)(request);
    const body = JSON.parse(await bodyOf(request));
    asked.push(body);
    return { body: JSON.stringify({ choices: [{ text: complete(body) }] }) };
  });
  try {
    const replace = {
      "https://models.example.com": server.url,
      "https://api.example.com": server.url,
    };
    const [logged] = await runGuide("watermark-your-text", { replace });
    expect(logged).toEqual([["found", true], ["not-found"]]);
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const biases = Object.values(asked[0]!.logit_bias);
  expect(biases.length).toBeGreaterThan(2);
  expect(new Set(biases)).toEqual(new Set([3]));
});
