import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { noGrad, scope, setBackend, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CausalLM,
  createBatcher,
  generate,
  generateBatch,
  KvCache,
  loadModel,
  saveGguf,
  saveModel,
} from "../../src";
import { goldenGguf } from "../support/golden-gguf";
import { largest, norm2, tokensOf } from "./golden-model";

const LOGITS = 1e-4; // times the largest absolute logit
const LOSS = 1e-4;
const GRADIENT = 1e-3;

interface Golden {
  cases: {
    input_ids: number[][];
    logits: number[];
    loss: number;
    grad_norms: Record<string, number>;
  }[];
  greedy: { prompt: number[]; tokens: number[] };
}

const fixture = (name: string) =>
  fileURLToPath(new URL(`../fixtures/families/${name}`, import.meta.url));

/** Families of test/fixtures/families, and whether a GGUF file can say what the checkpoint has. */
const families = {
  "phi3-partial": true,
  gemma3: false, // a pattern of windows that no released model has
  olmoe: true,
  granite: true,
  granitemoe: true,
  smollm3: true,
} as const;

/** Names of the wrapper's weights as those of its text model. */
const textName = (name: string) => name.replace(/^language_model\./, "");

function gradientViews(model: CausalLM): Map<string, Tensor> {
  const stand = [...model.namedTensors()].flatMap(([, weight]) =>
    weight.grad ? [[weight.storage, { weight, gradient: weight.grad }] as const] : [],
  );
  const byStorage = new Map(stand);
  return new Map(
    [...model.weightViews].map(([name, view]) => {
      const { weight, gradient } = byStorage.get(view.storage)!;
      return [
        name,
        gradient.view(view.shape, view.strides, gradient.offset + view.offset - weight.offset),
      ];
    }),
  );
}

async function all<T>(run: AsyncGenerator<unknown, T>): Promise<T> {
  let next = await run.next();
  while (!next.done) next = await run.next();
  return next.value;
}

describe.each(["js", "wasm"])("on the %s backend", (backend) => {
  beforeAll(() => void setBackend(backend));

  describe.each(Object.entries(families))("%s", (name, isWritten) => {
    const golden: Golden = JSON.parse(readFileSync(`${fixture(name)}/golden.json`, "utf8"));
    const { prompt, tokens } = golden.greedy;
    let model: CausalLM;
    let memory: ReturnType<typeof scope>;
    let folder: string;

    beforeAll(async () => {
      memory = scope();
      model = (await loadModel(fixture(name))).eval();
      folder = await mkdtemp(join(tmpdir(), "lm-family-"));
    });
    afterAll(async () => {
      memory.dispose();
      await rm(folder, { recursive: true });
    });

    /** The logits of all cases, against the reference. */
    const checkLogits = (of: CausalLM) => {
      for (const { input_ids, logits } of golden.cases)
        expect(tidy(() => of.forward(tokensOf(input_ids)).dataSync())).toBeAllclose(logits, {
          rtol: 0,
          atol: LOGITS * largest(logits),
        });
    };

    it("gives the reference logits and losses", () => {
      checkLogits(model);
      const losses = golden.cases.map(({ input_ids }) => model.loss(tokensOf(input_ids)));
      expect(losses.map((loss) => loss.itemSync())).toBeAllclose(
        golden.cases.map(({ loss }) => loss),
        { rtol: 0, atol: LOSS },
      );
    });

    it("has the reference gradients", () => {
      for (const { input_ids, grad_norms } of golden.cases) {
        model.loss(tokensOf(input_ids)).backward();
        const gradients = gradientViews(model);
        const wanted = Object.entries(grad_norms);
        expect([...gradients.keys()].sort()).toEqual(wanted.map(([key]) => textName(key)).sort());
        const top = largest(Object.values(grad_norms));
        for (const [key, norm] of wanted)
          expect([norm2(gradients.get(textName(key))!.dataSync())], key).toBeAllclose([norm], {
            rtol: GRADIENT,
            atol: 1e-6 * top,
          });
        model.zeroGrad();
      }
    });

    it("generates the reference tokens, one prompt or several at a time, and shared with others", async () => {
      const options = { maxNewTokens: tokens.length, eosTokenId: null };
      expect((await all(generate(model, [prompt], options)))[0]).toEqual(tokens);
      const requests = [
        { prompt: [7, 8], ...options },
        { prompt, ...options },
      ];
      const made = await all(generateBatch(model, requests));
      expect(made[1]![0]!.ids).toEqual(tokens);
      const batcher = createBatcher(model);
      const ids: number[] = [];
      for await (const event of batcher.generate({ prompt, ...options }))
        if (event.type === "token") ids.push(event.id);
      expect(ids).toEqual(tokens);
      await batcher.close();
    });

    it("continues a cache as it reads the whole text", () => {
      const ids = golden.cases.at(-1)!.input_ids[0]!;
      const length = ids.length;
      const cache = new KvCache(1, length);
      const read = (part: number[], own?: KvCache) =>
        tidy(() =>
          noGrad(() =>
            model
              .forward({ ids: part, batch: 1, length: part.length }, own ? { cache: own } : {})
              .dataSync()
              .slice(-model.config.vocabSize),
          ),
        );
      const whole = read(ids);
      read(ids.slice(0, length - 2), cache);
      read(ids.slice(-2, -1), cache);
      expect(read(ids.slice(-1), cache)).toBeAllclose(whole, { rtol: 1e-4, atol: 1e-4 });
      cache.dispose();
    });

    it("shows hooks every layer's attention without changing a logit", () => {
      const batch = tokensOf(golden.cases[0]!.input_ids);
      const seen: number[] = [];
      const looked = model.forward(batch, {
        hooks: { pattern: (_, { layer }) => void seen.push(layer) },
      });
      expect(looked.dataSync()).toBeAllclose(model.forward(batch).dataSync(), {
        rtol: 1e-4,
        atol: 1e-5,
      });
      expect(seen).toEqual(Array.from({ length: model.config.numHiddenLayers }, (_, i) => i));
    });

    it("is saved and loaded again without a change", async () => {
      const place = join(folder, "safetensors");
      await saveModel(place, model);
      const again = await loadModel(place);
      expect(again.config.unknownKeys).toEqual([]);
      for (const [key, view] of model.weightViews)
        expect(again.weightViews.get(key)!.dataSync(), key).toEqual(view.dataSync());
      checkLogits(again);
      again.dispose();
    });

    it.runIf(isWritten)("is read from the GGUF file that llama.cpp's converter makes", async () => {
      const bytes = await goldenGguf(fixture(name));
      const again = await loadModel(new Map([["a.gguf", new Blob([Uint8Array.from(bytes)])]]));
      checkLogits(again);
      again.dispose();
    });

    it("becomes a GGUF file and comes back, or is refused before anything is written", async () => {
      const file = join(folder, "model.gguf");
      if (!isWritten) {
        await expect(saveGguf(file, model, null)).rejects.toMatchObject({ code: "ERR_CONFIG" });
        return;
      }
      await saveGguf(file, model, null);
      const again = await loadModel(file);
      expect(again.config.modelType).toBe(model.config.modelType);
      checkLogits(again);
      again.dispose();
    });
  });
});
