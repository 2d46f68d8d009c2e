import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type optim, scope, setBackend } from "@deepgrain/tensor-gpu";
import { fit } from "@deepgrain/trainer";
import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { batchRow, type EncoderModel, loadEncoder, saveEncoder } from "../../src";
import { encoderPositions } from "../../src/encoder/encoder-batch";
import { encoderWeights } from "../../src/encoder/save-encoder";
import { largest, norm2 } from "../model/golden-model";
import {
  attendedRows,
  batchOf,
  encoderFolder,
  goldenEncoders,
  readGoldenEncoder,
} from "./golden-encoder";

const LOGITS = 1e-4; // times the largest absolute logit
const LOSS = 1e-4;
const GRADIENT = 1e-3;
const FISHER = 2e-3;
const NOISE = 1e-6; // of the largest gradient norm, where the gradient is 0

describe.skipIf(sharedIsMissing).each(["js", "wasm"])("on the %s backend", (backend) => {
  beforeAll(() => void setBackend(backend));

  describe.each(goldenEncoders)("%s", (name) => {
    const golden = readGoldenEncoder(name);
    const batch = batchOf(golden);
    let model: EncoderModel;
    let memory: ReturnType<typeof scope>;

    beforeAll(async () => {
      memory = scope();
      model = await loadEncoder(encoderFolder(name));
      model.eval();
    });
    afterAll(() => memory.dispose());

    /** The gradients that the last backward pass left, by name; forgets them. */
    const takeGradients = (): Map<string, Float32Array> => {
      const gradients = new Map(
        [...model.namedWeights()].map(([key, weight]) => [
          key,
          weight.grad!.dataSync().slice() as Float32Array,
        ]),
      );
      model.zeroGrad();
      return gradients;
    };

    it("gives the reference logits and loss", () => {
      const logits = model.forward(batch);
      const expected = golden.logits ?? golden.logits_attended!;
      const width = logits.shape.at(-1)!;
      const data = logits.dataSync();
      expect(golden.logits ? data : attendedRows(data, golden, width)).toBeAllclose(expected.data, {
        rtol: 0,
        atol: LOGITS * largest(expected.data),
      });
      expect([model.loss(batch).itemSync()]).toBeAllclose([golden.loss], { rtol: 0, atol: LOSS });
    });

    it("has the reference hidden states after the embeddings and every layer", () => {
      const states: Float32Array[] = [];
      model.hiddenStates(batch, {
        hooks: { residual: (x) => void states.push(x.dataSync() as Float32Array) },
      });
      const width = model.config.hiddenSize;
      const last = golden.attention_mask[0]!.lastIndexOf(1);
      expect(states).toHaveLength(golden.hidden_states.length);
      golden.hidden_states.forEach(({ norm_attended, row0_last_attended, row1_pos7 }, i) => {
        const state = states[i]!;
        const at = (token: number) => state.subarray(token * width, (token + 1) * width);
        expect([norm2(attendedRows(state, golden, width))]).toBeAllclose([norm_attended], {
          rtol: 1e-4,
        });
        for (const [token, { data }] of [
          [last, row0_last_attended],
          [batch.length + 7, row1_pos7],
        ] as const)
          expect(at(token)).toBeAllclose(data, { rtol: 0, atol: 1e-4 * largest(data) });
      });
    });

    it("gives the same logits step by step when hooks look at attention", () => {
      const seen: number[][] = [];
      const looked = model.forward(batch, {
        hooks: { pattern: (p, { layer }) => void seen.push([layer, ...p.shape]) },
      });
      expect(looked.dataSync()).toBeAllclose(model.forward(batch).dataSync(), {
        rtol: 1e-4,
        atol: 1e-4,
      });
      expect(seen.map(([layer]) => layer)).toEqual([0, 1]);
    });

    it.runIf(golden.pooled)("has the reference pooled first token", () => {
      const pooled = model.bert!.pooler!.forward(model.hiddenStates(batch));
      expect(pooled.dataSync()).toBeAllclose(golden.pooled!.data, { rtol: 0, atol: 1e-4 });
    });

    it.runIf(golden.position_ids)("derives the reference positions", () => {
      expect([...encoderPositions(batch, model.config)]).toEqual(golden.position_ids!.flat());
    });

    it("has the reference gradients", () => {
      model.loss(batch).backward();
      const gradients = takeGradients();
      const zero = new Set(golden.zero_gradient_tensors);
      const top = largest(Object.values(golden.grad_norms));
      expect([...gradients.keys()].sort()).toEqual(Object.keys(golden.grad_norms).sort());
      for (const [key, expected] of Object.entries(golden.grad_norms))
        if (zero.has(key)) expect(norm2(gradients.get(key)!), key).toBeLessThan(NOISE * top);
        else expect([norm2(gradients.get(key)!)], key).toBeAllclose([expected], { rtol: GRADIENT });
      for (const [key, { data }] of Object.entries(golden.grads))
        if (!zero.has(key))
          expect(gradients.get(key)!, key).toBeAllclose(data, {
            rtol: 0,
            atol: GRADIENT * largest(data),
          });
    });

    it("has the reference losses, gradient norms and Fisher values of each row alone", () => {
      const rows = golden.per_sample.losses.map((_, row) => batchRow(batch, row));
      const options = { rtol: 0, atol: LOSS };
      expect(model.rowLosses(batch).dataSync()).toBeAllclose(golden.per_sample.losses, options);
      const fisher = new Map<string, Float64Array>();
      const norms = rows.map((row, i) => {
        const loss = model.loss(row);
        expect([loss.itemSync()]).toBeAllclose([golden.per_sample.losses[i]!], options);
        loss.backward();
        let squares = 0;
        for (const [key, gradient] of takeGradients()) {
          const sum = fisher.get(key) ?? new Float64Array(gradient.length);
          for (let j = 0; j < sum.length; j++) sum[j]! += gradient[j]! ** 2 / rows.length;
          fisher.set(key, sum);
          squares += norm2(gradient) ** 2;
        }
        return Math.sqrt(squares);
      });
      expect(norms).toBeAllclose(golden.per_sample.grad_norms, { rtol: GRADIENT });
      const zero = new Set(golden.zero_gradient_tensors);
      for (const [key, expected] of Object.entries(golden.fisher_sums))
        if (!zero.has(key))
          expect([fisher.get(key)!.reduce((a, b) => a + b)], key).toBeAllclose([expected], {
            rtol: FISHER,
          });
      for (const [key, { data }] of Object.entries(golden.fisher))
        if (!zero.has(key))
          expect(fisher.get(key)!, key).toBeAllclose(data, {
            rtol: 0,
            atol: FISHER * largest(data),
          });
    });

    it("takes the reference five AdamW steps under fit, and its checkpoint loads", async () => {
      const { lr, betas, eps, weight_decay, clip_grad_norm, steps, ...expected } = golden.train;
      const folder = await mkdtemp(join(tmpdir(), "deepgrain-encoder-"));
      const trained = await loadEncoder(encoderFolder(name));
      const losses: number[] = [];
      const norms: number[] = [];
      let saved = "";
      const events = fit(trained, {
        data: { batch: () => batch },
        loss: (rows) => trained.loss(rows),
        steps,
        lr: lr,
        maxGradNorm: clip_grad_norm,
        optimizer: { betas, eps, weightDecay: weight_decay } satisfies optim.AdamWOptions,
        checkpoint: { folder, everySteps: steps, weights: encoderWeights(trained) },
      });
      for await (const event of events) {
        if (event.type === "step-end") {
          losses.push(event.loss);
          norms.push(event.gradNorm);
        } else if (event.type === "checkpoint-end") saved = event.path;
      }
      expect(losses).toBeAllclose(expected.losses, { rtol: 1e-3 });
      expect(norms).toBeAllclose(expected.grad_norms_before_clip, { rtol: 5e-3 });
      trained.eval();
      expect([trained.loss(batch).itemSync()]).toBeAllclose([expected.final_loss], { rtol: 1e-3 });
      const zero = new Set(golden.zero_gradient_tensors);
      for (const [key, weight] of trained.namedWeights())
        if (!zero.has(key))
          expect([norm2(weight.dataSync())], key).toBeAllclose([expected.final_param_norms[key]!], {
            rtol: 1e-3,
          });
      expect(saved).not.toBe("");
      await encoderWeights(trained).save(join(folder, "again"));
      const again = await loadEncoder(join(folder, "again"));
      expect(again.eval().loss(batch).itemSync()).toBe(trained.loss(batch).itemSync());
      await rm(folder, { recursive: true });
    });

    it("is saved with identical names, values and configuration", async () => {
      const folder = await mkdtemp(join(tmpdir(), "deepgrain-encoder-"));
      const original = await loadEncoder(encoderFolder(name));
      await saveEncoder(folder, original);
      const again = await loadEncoder(folder);
      const values = (from: EncoderModel) =>
        new Map([...from.namedWeights()].map(([key, weight]) => [key, weight.dataSync()]));
      expect(values(again)).toEqual(values(original));
      const config = async (path: string) =>
        JSON.parse(await readFile(`${path}/config.json`, "utf8"));
      expect(await config(folder)).toEqual(await config(encoderFolder(name)));
      await rm(folder, { recursive: true });
    });
  });
});
