import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLlama2cTokenizer, setBackend } from "@deepgrain/tensor-gpu";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CausalLM,
  createTokenizer,
  evaluate,
  llama2cTokenizerJson,
  loadLlama2c,
  loadModel,
  saveModel,
} from "../../src";
import { SingleSequence } from "../../src/inference/single-sequence";

/** The rise of perplexity that weights in fewer bits may cost on real text. */
const RISE = 0.01;
const [TOKENS, LENGTH] = [50_000, 250];

/** Perplexity of text read token by token, as generation reads it: int8 weights meet whole numbers there. */
async function stepwise(model: CausalLM, ids: readonly number[]): Promise<number> {
  let total = 0;
  let count = 0;
  for (let first = 0; first + LENGTH <= ids.length; first += LENGTH) {
    const text = ids.slice(first, first + LENGTH);
    const sequence = new SingleSequence(model, LENGTH);
    for (let at = 1; at < LENGTH; at++) {
      const [logits] = await sequence.read(text.slice(0, at), 1);
      const top = logits!.reduce((a, b) => Math.max(a, b));
      const sum = logits!.reduce((a, b) => a + Math.exp(b - top), 0);
      total += top + Math.log(sum) - logits![text[at]!]!;
      count++;
    }
    sequence.dispose();
  }
  return Math.exp(total / count);
}

describe.skipIf(sharedIsMissing)("perplexity on real text", () => {
  let folder: string;
  let ids: number[];

  beforeAll(async () => {
    setBackend("wasm");
    const source = shared("data/models/stories260K");
    folder = await mkdtemp(join(tmpdir(), "perplexity-"));
    const model = await loadLlama2c(`${source}/stories260K.bin`);
    await saveModel(folder, model);
    const pieces = await readLlama2cTokenizer(`${source}/tok512.bin`);
    model.dispose();
    const tokenizer = await createTokenizer({ tokenizer: llama2cTokenizerJson(pieces) });
    const text = readFileSync(shared("data/text/tinyshakespeare.txt"), "utf8").slice(0, 120_000);
    ids = tokenizer.encode(text, { addSpecialTokens: false }).slice(0, TOKENS);
    expect(ids).toHaveLength(TOKENS);
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function perplexities(dtype: "float32" | "bfloat16" | "int8") {
    const model = (await loadModel(folder, { dtype })).eval();
    const batches = Array.from({ length: TOKENS / LENGTH / 8 }, (_, i) => ({
      ids: ids.slice(8 * LENGTH * i, 8 * LENGTH * (i + 1)),
      batch: 8,
      length: LENGTH,
    }));
    const { loss } = await evaluate(model, batches);
    const read = await stepwise(model, ids.slice(0, 10 * LENGTH));
    model.dispose();
    return { whole: Math.exp(loss), read };
  }

  it("rises by less than a hundredth with weights of bfloat16 and int8", async () => {
    const wide = await perplexities("float32");
    for (const dtype of ["bfloat16", "int8"] as const) {
      const narrow = await perplexities(dtype);
      expect(narrow.whole / wide.whole - 1).toBeLessThan(RISE);
      expect(narrow.read / wide.read - 1).toBeLessThan(RISE);
    }
  });
});
