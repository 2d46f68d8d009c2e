import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { scope, setBackend } from "@deepgrain/tensor-gpu";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type EncoderBatch,
  type EncoderModel,
  encoderConfigJson,
  loadEncoder,
  saveEncoder,
} from "../../src";
import { encoderFamily } from "../../src/encoder/families";
import { largest, norm2 } from "../model/golden-model";

const LOGITS = 1e-4; // times the largest absolute logit
const LOSS = 1e-4;
const GRADIENT = 1e-3;

interface Golden {
  input_ids: number[][];
  attention_mask: number[][];
  labels: number[] | number[][];
  /** Of the tokens that count. */
  hidden: number[];
  /** Of rows, or of the tokens that count. */
  logits: number[];
  loss: number;
  grad_norms: Record<string, number>;
}

const fixture = (name: string) =>
  fileURLToPath(new URL(`../fixtures/encoders/${name}`, import.meta.url));

const names = [
  ...["distilbert", "distilbert-mlm", "xlm-roberta"],
  ...["modernbert", "modernbert-mean", "modernbert-cls"],
];

describe.each(["js", "wasm"])("on the %s backend", (backend) => {
  beforeAll(() => void setBackend(backend));

  describe.each(names)("%s", (name) => {
    const golden: Golden = JSON.parse(readFileSync(`${fixture(name)}/golden.json`, "utf8"));
    const batch: EncoderBatch = {
      ids: golden.input_ids.flat(),
      batch: golden.input_ids.length,
      length: golden.input_ids[0]!.length,
      attentionMask: golden.attention_mask.flat(),
      labels: golden.labels.flat(),
    };
    let model: EncoderModel;
    let memory: ReturnType<typeof scope>;
    let folder: string;

    beforeAll(async () => {
      memory = scope();
      model = (await loadEncoder(fixture(name))).eval();
      folder = await mkdtemp(join(tmpdir(), "lm-encoder-"));
    });
    afterAll(async () => {
      memory.dispose();
      await rm(folder, { recursive: true });
    });

    /** The rows of [batch × length, width] whose token counts. */
    const attended = (data: ArrayLike<number>, width: number) =>
      golden.attention_mask
        .flat()
        .flatMap((counts, i) =>
          counts ? Array.from({ length: width }, (_, j) => data[i * width + j]!) : [],
        );

    it("gives the reference hidden states, logits and loss", () => {
      const hidden = attended(model.hiddenStates(batch).dataSync(), 16);
      expect(hidden).toBeAllclose(golden.hidden, { rtol: 0, atol: 1e-4 * largest(golden.hidden) });
      const logits = model.forward(batch);
      const data = logits.rank === 2 ? logits.dataSync() : attended(logits.dataSync(), 40);
      expect(data).toBeAllclose(golden.logits, {
        rtol: 0,
        atol: LOGITS * largest(golden.logits),
      });
      expect([model.loss(batch).itemSync()]).toBeAllclose([golden.loss], { rtol: 0, atol: LOSS });
    });

    it("has the reference gradients", () => {
      model.loss(batch).backward();
      const gradients = new Map(
        [...model.namedWeights()].map(([key, weight]) => [key, norm2(weight.grad!.dataSync())]),
      );
      expect([...gradients.keys()].sort()).toEqual(Object.keys(golden.grad_norms).sort());
      const top = largest(Object.values(golden.grad_norms));
      for (const [key, norm] of Object.entries(golden.grad_norms))
        expect([gradients.get(key)!], key).toBeAllclose([norm], {
          rtol: GRADIENT,
          atol: 1e-6 * top,
        });
      model.zeroGrad();
    });

    it("shows hooks every layer's attention without changing a logit", () => {
      const seen: number[] = [];
      const looked = model.forward(batch, {
        hooks: { pattern: (_, { layer }) => void seen.push(layer) },
      });
      expect(looked.dataSync()).toBeAllclose(model.forward(batch).dataSync(), {
        rtol: 1e-4,
        atol: 1e-4,
      });
      expect(seen).toEqual(Array.from({ length: model.config.numHiddenLayers }, (_, i) => i));
    });

    it("is saved with identical names, values and configuration", async () => {
      await saveEncoder(folder, model);
      const again = await loadEncoder(folder);
      for (const [key, weight] of model.namedWeights())
        expect(again.namedWeights().get(key)!.dataSync(), key).toEqual(weight.dataSync());
      const config = async (path: string) =>
        JSON.parse(await readFile(`${path}/config.json`, "utf8"));
      expect(await config(folder)).toEqual(await config(fixture(name)));
      expect(again.config.unknownKeys).toEqual([]);
      again.dispose();
    });

    it("is read without its head, as the base class publishes it", async () => {
      const { className } = encoderFamily(model.config);
      const json = { ...encoderConfigJson(model.config), architectures: [`${className}Model`] };
      const weights = await readFile(join(fixture(name), "model.safetensors"));
      const files = new Map([
        ["config.json", new Blob([JSON.stringify(json)])],
        ["model.safetensors", new Blob([Uint8Array.from(weights)])],
      ]);
      const base = (await loadEncoder(files)).eval();
      expect(base.config.task).toBe("features");
      expect(base.forward(batch).dataSync()).toEqual(model.hiddenStates(batch).dataSync());
      expect(() => base.loss(batch)).toThrow(expect.objectContaining({ code: "ERR_STATE" }));
      const saved = new Map<string, Blob>();
      await saveEncoder(saved, base);
      const again = (await loadEncoder(saved)).eval();
      expect(again.forward(batch).dataSync()).toEqual(base.forward(batch).dataSync());
      for (const one of [base, again]) one.dispose();
    });
  });
});
