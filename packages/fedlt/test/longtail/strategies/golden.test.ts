import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import {
  classGradients,
  classLoss,
  climb,
  climbRound,
  encodeRows,
  fedNova,
  headOf,
  matchFeatures,
  matchOneClass,
  meanOf,
  mlpEncoder,
  novaMean,
  novaNorm,
  ratioWeights,
  stateOf,
} from "../../support/all";
import { FLOAT32, FLOAT64, type GoldenTensor, readGolden, toTensors } from "../../support/golden";

const vector = (values: readonly number[]) =>
  new Map([["w", { shape: [values.length], data: Float32Array.from(values) }]]);
const rowsOf = ({ shape, data }: GoldenTensor) =>
  Array.from({ length: shape[0]! }, (_, i) => data.slice(i * shape[1]!, (i + 1) * shape[1]!));

describe.skipIf(sharedIsMissing)("strategies, against golden numbers", () => {
  it("gives FedNova's norms and model, without and with momentum", async () => {
    for (const { momentum, global, local, samples, steps, a, new_global } of readGolden().fednova) {
      const norms = steps.map((tau) => novaNorm(tau, momentum));
      expect(norms).toBeAllclose(a.data, FLOAT64);
      const updates = rowsOf(local).map((own, k) => ({
        clientId: String(k),
        params: vector(own),
        numSamples: samples[k]!,
        metrics: { steps: steps[k]! },
      }));
      expect(novaMean(vector(global.data), updates, norms).get("w")!.data).toBeAllclose(
        new_global.data,
        FLOAT32,
      );
      const context = { round: 0, seed: 0, state: stateOf(vector(global.data)), population: [] };
      const { state } = await fedNova({ local: { momentum } }).aggregateFit(context, updates);
      expect(state.params.get("w")!.data).toBeAllclose(new_global.data, FLOAT32);
    }
  });

  it.each([true, false])(
    "gives CLIMB's weights and dual variables, normalised: %s",
    async (isNormalised) => {
      const { clients, rounds, dual_lr: dualLr, eps: tolerance, samples } = readGolden().climb;
      const duals = new Array<number>(clients).fill(0);
      const strategy = climb({ dualLr, tolerance, isNormalised });
      let state = stateOf(vector([0]));
      const population = duals.map((_, k) => String(k));
      for (const [
        round,
        { sampled, losses, weights, weights_normalised, mean_loss, lambda_after },
      ] of rounds.entries()) {
        const total = sampled.reduce((sum, k) => sum + samples[k]!, 0);
        const inputs = sampled.map((k, i) => ({
          share: samples[k]! / total,
          loss: losses.data[i]!,
          dual: duals[k]!,
        }));
        const result = climbRound(inputs, duals.reduce((sum, d) => sum + d, 0) / clients, {
          dualLr,
          tolerance,
          isNormalised,
        });
        expect(result.weights).toBeAllclose(
          (isNormalised ? weights_normalised : weights).data,
          FLOAT64,
        );
        expect(result.meanLoss).toBeCloseTo(mean_loss, 7);
        sampled.forEach((k, i) => {
          duals[k] = result.duals[i]!;
        });
        expect(duals).toBeAllclose(lambda_after.data, FLOAT64);
        const updates = sampled.map((k, i) => ({
          clientId: String(k),
          params: vector([1]),
          numSamples: samples[k]!,
          metrics: { "loss-before": losses.data[i]! },
        }));
        ({ state } = await strategy.aggregateFit({ round, seed: 0, state, population }, updates));
        const sum = result.weights.reduce((a, b) => a + b, 0);
        expect(state.params.get("w")!.data[0]).toBeCloseTo(sum, 5);
        const held = state.values.duals as Record<string, number>;
        expect(population.map((id) => held[id] ?? 0)).toBeAllclose(lambda_after.data, FLOAT64);
      }
    },
  );

  it("gives CReFF's real gradients and moves its features, with both distances", async () => {
    const golden = readGolden().creff;
    const encoder = mlpEncoder([golden.inputs, golden.dim], { activation: "tanh" });
    const tensors = new Map([
      ...toTensors(golden.encoder),
      ["fc.weight", toTensors(golden.head).get("weight")!],
      ["fc.bias", toTensors(golden.head).get("bias")!],
    ]);
    const head = headOf(tensors, "fc", golden.dim);
    const reports = new Map<
      number,
      Map<string, { shape: readonly number[]; data: Float32Array }>[]
    >();
    for (const { x, y, head_gradients } of golden.clients) {
      const data = {
        inputs: Float32Array.from(x.data),
        labels: Int32Array.from(y),
        width: golden.inputs,
        classes: golden.classes,
      };
      const gradients = classGradients(await encodeRows(encoder, tensors, data), y, head, {
        name: "fc",
      });
      expect([...gradients.keys()].map(String)).toEqual(Object.keys(head_gradients));
      for (const [c, own] of gradients) {
        expect(own.get("fc.weight")!.data).toBeAllclose(head_gradients[c]!.weight!.data, FLOAT32);
        expect(own.get("fc.bias")!.data).toBeAllclose(head_gradients[c]!.bias!.data, FLOAT32);
        reports.set(c, [...(reports.get(c) ?? []), own]);
      }
    }
    const real = new Map(
      [...reports]
        .sort(([a], [b]) => a - b)
        .map(([c, list]) => {
          const mean = meanOf(list);
          return [c, { weight: mean.get("fc.weight")!.data, bias: mean.get("fc.bias")!.data }];
        }),
    );
    for (const [c, { weight, bias }] of real) {
      expect(weight).toBeAllclose(golden.real_mean[c]!.weight!.data, FLOAT32);
      expect(bias).toBeAllclose(golden.real_mean[c]!.bias!.data, FLOAT32);
    }
    const perClass = golden.features.data.length / golden.classes;
    const features = Array.from({ length: golden.classes }, (_, c) =>
      Float32Array.from(golden.features.data.slice(c * perClass, (c + 1) * perClass)),
    );
    for (const { distance, losses, grad_features_step0, features_after } of golden.matching) {
      const first = [...real].flatMap(([c, target]) => [
        ...matchOneClass(features[c]!, c, head, target, distance).gradient,
      ]);
      expect(first).toBeAllclose(grad_features_step0.data, { rtol: 1e-4, atol: 1e-5 });
      const moved = await matchFeatures(features, head, real, {
        steps: golden.steps,
        lr: golden.lr,
        distance,
      });
      expect(moved.distances).toBeAllclose(losses, FLOAT32);
      expect(moved.features.flatMap((own) => [...own])).toBeAllclose(features_after.data, {
        rtol: 1e-4,
        atol: 1e-5,
      });
    }
  });

  it("gives focal loss, and ratio loss in the released form, and their gradients", () => {
    const { logits, labels, ratio_alpha, focal, ratio } = readGolden().losses;
    const z = Float32Array.from(logits.data);
    const cases = [
      [{ name: "focal", gamma: 2 }, focal],
      [{ name: "ratio", weights: ratio_alpha, usesMeanWeight: true }, ratio],
    ] as const;
    for (const [spec, expected] of cases) {
      const { loss, gradient } = classLoss(z, labels, spec);
      expect([loss]).toBeAllclose([expected.loss], FLOAT32);
      expect(gradient).toBeAllclose(expected.grad.data, FLOAT32);
    }
  });

  it("gives Ratio Loss's class weights", () => {
    const { global_weight, after_one_class, clients, owned_positions, alpha } =
      readGolden().ratio_alpha;
    const { weights, owned } = ratioWeights(
      global_weight.data,
      after_one_class.map(({ data }) => data),
      clients,
    );
    expect(owned).toEqual(owned_positions);
    expect(weights).toBeAllclose(alpha, FLOAT64);
  });
});
