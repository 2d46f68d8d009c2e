import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onRoute } from "@deepgrain/moe";
import { optim, scope, setBackend, type Tensor } from "@deepgrain/tensor-gpu";
import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CausalLM, generate, loadModel, parseConfig, saveModel } from "../../src";
import {
  goldenFamilies,
  goldenFolder,
  goldenModels,
  jointCases,
  largest,
  layerCases,
  norm2,
  readGolden,
  tokensOf,
} from "./golden-model";

const LOGITS = 1e-4; // times the largest absolute logit
const LOSS = 1e-4;
const GRADIENT = 1e-3;

/** Gradients by Hugging Face name, through the stacks where experts are stacked. */
function gradientViews(model: CausalLM): Map<string, Tensor> {
  const stand = new Map<Tensor, Tensor>();
  for (const [, weight] of model.namedTensors()) if (weight.grad) stand.set(weight, weight.grad);
  const byStorage = new Map(
    [...stand].map(([weight, gradient]) => [weight.storage, { weight, gradient }]),
  );
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

/** Each token's choices in ascending order of the expert, as the golden file lists them. */
function byExpert(
  ids: Int32Array,
  weights: Float32Array,
  k: number,
): { ids: number[]; weights: number[] } {
  const places = Array.from(ids, (_, i) => i).sort(
    (a, b) => Math.floor(a / k) - Math.floor(b / k) || ids[a]! - ids[b]!,
  );
  return { ids: places.map((i) => ids[i]!), weights: places.map((i) => weights[i]!) };
}

describe.skipIf(sharedIsMissing).each(["js", "wasm"])("on the %s backend", (backend) => {
  beforeAll(() => void setBackend(backend));

  describe.each([...goldenModels, ...goldenFamilies])("%s", (name) => {
    const golden = readGolden(name);
    let model: CausalLM;
    let memory: ReturnType<typeof scope>;

    beforeAll(async () => {
      memory = scope();
      model = await loadModel(goldenFolder(name));
      model.eval();
    });
    afterAll(() => memory.dispose());

    it("gives the reference logits and losses", () => {
      const tokens = tokensOf(golden.input_ids);
      const logits = model.forward(tokens).dataSync();
      expect(logits).toBeAllclose(golden.logits.data, {
        rtol: 0,
        atol: LOGITS * largest(golden.logits.data),
      });
      const losses = [
        model.loss(tokens),
        model.loss(tokens, { labels: golden.labels_masked.flat() }),
      ];
      expect(losses.map((loss) => loss.itemSync())).toBeAllclose(
        [golden.loss, golden.loss_masked],
        { rtol: 0, atol: LOSS },
      );
    });

    it("has the reference residual stream after every layer", () => {
      const norms: number[] = [];
      model.hiddenStates(tokensOf(golden.input_ids), {
        hooks: { residual: (x) => void norms.push(norm2(x.dataSync())) },
      });
      const wanted = golden.hidden_states.map(({ norm }) => norm).slice(0, -1);
      expect(norms.slice(0, wanted.length)).toBeAllclose(wanted, { rtol: 1e-4 });
    });

    it("gives the same logits step by step when hooks look at attention", () => {
      const tokens = tokensOf(golden.input_ids);
      const seen: number[][] = [];
      const looked = model.forward(tokens, {
        hooks: { pattern: (p, { layer }) => void seen.push([layer, ...p.shape]) },
      });
      expect(looked.dataSync()).toBeAllclose(model.forward(tokens).dataSync(), {
        rtol: 1e-4,
        atol: 1e-5,
      });
      expect(seen.length).toBe(model.config.numHiddenLayers);
    });

    it("ignores padding on the left", () => {
      const { input_ids, attention_mask, last_logits } = golden.padded;
      const tokens = tokensOf(input_ids);
      const logits = model.forward(tokens, { attentionMask: attention_mask.flat() });
      const last = logits.narrow(1, tokens.length - 1, 1).dataSync();
      expect(last).toBeAllclose(last_logits.data, {
        rtol: 0,
        atol: LOGITS * largest(last_logits.data),
      });
    });

    it("generates the reference tokens with the key-value cache", async () => {
      const { prompt, tokens } = golden.greedy;
      const run = generate(model, [prompt], { maxNewTokens: tokens.length, eosTokenId: null });
      let next = await run.next();
      while (!next.done) next = await run.next();
      expect(next.value[0]).toEqual(tokens);
    });

    it("has the reference gradients", () => {
      model.loss(tokensOf(golden.input_ids)).backward();
      const gradients = gradientViews(model);
      expect([...gradients.keys()].sort()).toEqual(Object.keys(golden.grad_norms).sort());
      for (const [key, expected] of Object.entries(golden.grad_norms))
        expect([norm2(gradients.get(key)!.dataSync())], key).toBeAllclose([expected], {
          rtol: GRADIENT,
          atol: 1e-7,
        });
      for (const [key, expected] of Object.entries(golden.grads))
        expect(gradients.get(key)!.dataSync(), key).toBeAllclose(expected.data, {
          rtol: 0,
          atol: GRADIENT * largest(expected.data),
        });
      model.zeroGrad();
    });

    it.runIf(golden.routing.length > 0)("routes every token as the reference does", () => {
      const seen: { name: string; ids: Int32Array; weights: Float32Array }[] = [];
      const stop = onRoute(
        (event) => void seen.push({ name: event.layer.name, ...event.dataSync() }),
      );
      model.forward(tokensOf(golden.input_ids));
      stop();
      expect(seen.length).toBe(golden.routing.length);
      for (const [i, { module }] of golden.routing.entries())
        if (module) expect(`${seen[i]!.name}.gate`).toBe(module);
      expect([...model.weightViews.keys()]).toEqual(
        expect.arrayContaining(seen.map(({ name }) => `${name}.gate.weight`)),
      );
      golden.routing.forEach(({ topk_idx, topk_weight }, i) => {
        const { ids, weights } = byExpert(seen[i]!.ids, seen[i]!.weights, topk_idx.shape[1]!);
        expect(ids).toEqual(topk_idx.data);
        expect(weights).toBeAllclose(topk_weight.data, { rtol: 0, atol: 1e-4 });
      });
    });

    it.each(layerCases(golden).map((aux) => [aux.seq_aux, aux] as const))(
      "has the reference balance losses and gradients with seq_aux %s",
      (_, aux) => {
        const layers = [...model.moeLayers.values()];
        for (const layer of layers)
          Object.assign(layer.config, { auxLossAlpha: aux.alpha, seqAux: aux.seq_aux });
        const auxLosses: number[] = [];
        const stop = onRoute(({ auxLoss }) => void auxLosses.push(auxLoss!.itemSync()));
        model.train();
        const loss = model.loss(tokensOf(golden.input_ids));
        stop();
        loss.backward();
        model.eval();
        expect([loss.itemSync()]).toBeAllclose([aux.loss], { rtol: 0, atol: LOSS });
        expect(auxLosses).toBeAllclose(aux.aux_loss_per_moe_layer, { rtol: 1e-3 });
        const gradients = gradientViews(model);
        for (const [key, expected] of Object.entries(aux.grad_norms))
          expect([norm2(gradients.get(key)!.dataSync())], key).toBeAllclose([expected], {
            rtol: GRADIENT,
            atol: 1e-7,
          });
        for (const [key, expected] of Object.entries(aux.grads))
          expect(gradients.get(key)!.dataSync(), key).toBeAllclose(expected.data, {
            rtol: 0,
            atol: GRADIENT * largest(expected.data),
          });
        model.zeroGrad();
      },
    );

    it.each(jointCases(golden))(
      "adds the balance loss of all layers where the file asks",
      (aux) => {
        const source = { ...model.config.source, output_router_logits: true };
        const joint = new CausalLM(parseConfig({ ...source, router_aux_loss_coef: aux.alpha }), {
          generator: null,
        });
        for (const [key, view] of joint.weightViews)
          view.set(model.weightViews.get(key)!.dataSync());
        const loss = joint.loss(tokensOf(golden.input_ids));
        expect([loss.itemSync()]).toBeAllclose([aux.loss_with_balance], { rtol: 0, atol: LOSS });
        expect([(loss.itemSync() - golden.loss) / aux.alpha]).toBeAllclose(
          [aux.value_without_alpha],
          { rtol: 2e-3 },
        );
        loss.backward();
        const gradients = gradientViews(joint);
        for (const [key, expected] of Object.entries(aux.grad_norms))
          expect([norm2(gradients.get(key)!.dataSync())], key).toBeAllclose([expected], {
            rtol: GRADIENT,
            atol: 1e-7,
          });
        for (const [key, expected] of Object.entries(aux.gate_grads))
          expect(gradients.get(key)!.dataSync(), key).toBeAllclose(expected.data, {
            rtol: 0,
            atol: GRADIENT * largest(expected.data),
          });
      },
    );

    it("takes the reference five AdamW steps", () => {
      const {
        lr,
        betas,
        eps,
        weight_decay: weightDecay,
        clip_grad_norm: maxGradNorm,
        ...expected
      } = golden.train;
      const optimizer = new optim.AdamW(model.parameters(), { lr, betas, eps, weightDecay });
      const tokens = tokensOf(golden.input_ids);
      const losses: number[] = [];
      const norms: number[] = [];
      for (let step = 0; step < 5; step++) {
        const loss = model.loss(tokens);
        losses.push(loss.itemSync());
        loss.backward();
        norms.push(optimizer.step({ maxGradNorm })!.itemSync());
        optimizer.zeroGrad();
      }
      expect(losses).toBeAllclose(expected.losses, { rtol: 1e-3 });
      expect(norms).toBeAllclose(expected.grad_norms_before_clip, { rtol: 5e-3 });
      expect([model.loss(tokens).itemSync()]).toBeAllclose([expected.final_loss], { rtol: 1e-3 });
      for (const [key, view] of model.weightViews)
        expect([norm2(view.dataSync())], key).toBeAllclose([expected.final_param_norms[key]!], {
          rtol: 1e-3,
        });
    });

    it("is saved with identical names and values", async () => {
      const folder = await mkdtemp(join(tmpdir(), "deepgrain-"));
      const original = await loadModel(goldenFolder(name));
      await saveModel(folder, original);
      const again = await loadModel(folder);
      expect(again.weightNames()).toEqual(original.weightNames());
      for (const key of original.weightNames())
        expect(await again.readWeight(key)).toEqual(await original.readWeight(key));
      const config = async (path: string) =>
        JSON.parse(await readFile(`${path}/config.json`, "utf8"));
      expect(await config(folder)).toEqual(await config(goldenFolder(name)));
      await rm(folder, { recursive: true });
    });
  });
});
