import { MoeLayer } from "@deepgrain/moe";
import { Generator, setBackend } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { CausalLM, generate, generateBatch } from "../../src";
import { GenerationBatch } from "../../src/inference/generation-batch";
import { tinyDeepseek, tinyLlama } from "../support/tiny-models";

/** A vocabulary from which the largest logits of many rows are found without writing the others. */
const VOCABULARY = 401;
const makeWide = () =>
  new CausalLM(tinyLlama({ vocab_size: VOCABULARY }), { generator: new Generator(11) });

const prompts = Array.from({ length: 16 }, (_, row) =>
  Array.from({ length: 1 + (row % 5) }, (_, i) => (row * 37 + i * 11 + 5) % VOCABULARY),
);

async function idsOf(run: ReturnType<typeof generateBatch>): Promise<number[][]> {
  let next = await run.next();
  while (!next.done) next = await run.next();
  return next.value.map(([only]) => only!.ids);
}

const together = (model: CausalLM) =>
  idsOf(
    generateBatch(
      model,
      prompts.map((prompt) => ({ prompt, maxNewTokens: 6 })),
    ),
  );

async function alone(model: CausalLM): Promise<number[][]> {
  const all: number[][] = [];
  for (const prompt of prompts) {
    const run = generate(model, [prompt], { maxNewTokens: 6 });
    let next = await run.next();
    while (!next.done) next = await run.next();
    all.push(next.value[0]!);
  }
  return all;
}

beforeEach(() => void setBackend("wasm"));

describe("the sampled rows of a step", () => {
  it("get the same tokens whether or not logits are written", async () => {
    const model = makeWide();
    expect(await together(model)).toEqual(await alone(model));
    model.dispose();
  });

  it("have logits where one of them asks for probabilities", async () => {
    const model = makeWide();
    const batch = new GenerationBatch(model);
    for (const [i, prompt] of prompts.entries())
      batch.add({ prompt, maxNewTokens: 6, ...(i === 3 && { logProbabilities: 2 }) });
    const ids = prompts.map((): number[] => []);
    while (!batch.isIdle)
      for (const { request, id, score } of await batch.step()) {
        ids[request]!.push(id);
        expect(score?.top[0]?.id).toBe(request === 3 ? id : undefined);
      }
    expect(ids).toEqual(await alone(model));
    batch.dispose();
    model.dispose();
  });

  it("are refused as alone where a logit is not a number", async () => {
    const model = makeWide();
    const { weight } = model.lmHead!;
    const values = Float32Array.from(weight.dataSync());
    weight.set(values.fill(Number.NaN, 7 * weight.shape[1]!, 8 * weight.shape[1]!));
    const message = await alone(model).catch(({ message }: Error) => message);
    expect(message).toMatch(/NaN|finite/);
    await expect(together(model)).rejects.toThrow(message as string);
    model.dispose();
  });

  it("are the only ones of the last block, unless an observer counts its rows", async () => {
    const model = new CausalLM(tinyDeepseek(), { generator: new Generator(7) });
    const layers = model.decoder.blocks.flatMap(({ mlp }) =>
      mlp instanceof MoeLayer ? [mlp] : [],
    );
    const rows: number[] = [];
    const stops = layers.map((layer, i) =>
      layer.onRoute(({ ids }) => {
        rows[i] = (rows[i] ?? 0) + ids.shape[0]!;
      }),
    );
    const requests = [6, 3].map((length) => ({
      prompt: Array.from({ length }, (_, i) => i + 1),
      maxNewTokens: 1,
    }));
    const watched = await idsOf(generateBatch(model, requests));
    expect(rows).toEqual(layers.map(() => 9));
    for (const stop of stops) stop();
    expect(await idsOf(generateBatch(model, requests))).toEqual(watched);
    model.dispose();
  });
});
