import { afterAll, beforeEach, describe, expect, it } from "vitest";
import * as dg from "../../src";
import { getBackend, manualSeed, rand, randn, setBackend, tensor } from "../../src";
import { checkGradients } from "../support/check-gradients";

const ints = (values: number[], shape: number[]) => tensor(Int32Array.from(values), { shape });

/** Every operator's gradient against central differences, on a back end that can read at once. */
export function describeGradients(name: string, backend: string | dg.Backend): void {
  describe(`gradients on the ${name} back end`, () => {
    const before = getBackend();
    afterAll(() => void setBackend(before));
    beforeEach(() => {
      setBackend(backend);
      manualSeed(3);
    });

    const unaryOperators = {
      exp: dg.exp,
      expm1: dg.expm1,
      sin: dg.sin,
      cos: dg.cos,
      tanh: dg.tanh,
      sigmoid: dg.sigmoid,
      logSigmoid: dg.logSigmoid,
      softplus: dg.softplus,
      gelu: dg.gelu,
      silu: dg.silu,
      erf: dg.erf,
      square: dg.square,
      elu: dg.elu,
      leakyRelu: dg.leakyRelu,
    };
    it.each(Object.entries(unaryOperators))("%s", (_, operator) =>
      checkGradients((x) => operator(x), [randn([7])]),
    );

    const positiveOperators = {
      log: dg.log,
      log1p: dg.log1p,
      sqrt: dg.sqrt,
      rsqrt: dg.rsqrt,
      reciprocal: dg.reciprocal,
    };
    it.each(Object.entries(positiveOperators))("%s", (_, operator) =>
      checkGradients((x) => operator(x), [rand([7], { low: 0.5, high: 2 })]),
    );

    const pairs = {
      add: dg.add,
      sub: dg.sub,
      mul: dg.mul,
      div: dg.div,
      maximum: dg.maximum,
      minimum: dg.minimum,
      pow: dg.pow,
    };
    it.each(Object.entries(pairs))("%s with broadcasting on both sides", (_, operator) =>
      checkGradients(
        (a, b) => operator(a, b),
        [rand([2, 1, 3], { low: 0.5, high: 2 }), rand([4, 1], { low: 2.1, high: 4 })],
      ),
    );

    it("reductions over several axes", () => {
      const x = randn([2, 3, 4]);
      checkGradients((t) => t.sum({ dim: [0, 2] }), [x]);
      checkGradients((t) => t.mean({ dim: [1, -1], keepDim: true }), [x]);
      checkGradients((t) => t.variance({ dim: [0, 1] }), [x]);
      checkGradients((t) => t.amax({ dim: 1 }), [x]);
      checkGradients((t) => t.prod({ dim: 2 }), [x]);
      checkGradients((t) => t.cumsum(1), [x]);
      checkGradients((t) => t.norm(), [x]);
      checkGradients((t) => dg.logSumExp(t), [x]);
    });

    it("shape operators", () => {
      const x = randn([2, 3, 4]);
      checkGradients((t) => t.permute([2, 0, 1]).reshape([8, 3]), [x]);
      checkGradients((t) => dg.cat([t.narrow(1, 1, 2), t.select(1, 0).unsqueeze(1)], 1), [x]);
      checkGradients((t) => t.chunk(2)[1]!.transpose(), [x]);
      checkGradients((t) => t.repeatInterleave(2, 1).pad([1, 2]), [x]);
      checkGradients((t) => dg.stack([t, t.mul(2)], 1).expand([2, 2, 3, 4]), [x]);
    });

    it("matrix products with vectors, batches and broadcasting", () => {
      checkGradients((a, b) => dg.matmul(a, b), [randn([3, 4]), randn([4])]);
      checkGradients((a, b) => dg.matmul(a, b), [randn([4]), randn([2, 4, 3])]);
      checkGradients((a, b) => dg.matmul(a, b), [randn([2, 1, 3, 4]), randn([3, 4, 2])]);
      checkGradients(
        (a, b) => dg.matmul(a.transpose(), b.transpose()),
        [randn([4, 3]), randn([2, 4])],
      );
      checkGradients(
        (a, b) => dg.einsum("bij,bkj->bik", a, b),
        [randn([2, 3, 4]), randn([2, 5, 4])],
      );
    });

    it("row operators", () => {
      const [x, w, b] = [randn([3, 5]), randn([5]), randn([5])];
      checkGradients((t) => dg.softmax(t, { dim: 0 }), [x]);
      checkGradients((t) => dg.logSoftmax(t), [x]);
      checkGradients((t, g, h) => dg.layerNorm(t, g, h), [x, w, b]);
      checkGradients((t, g) => dg.rmsNorm(t, g), [x, w]);
      checkGradients(
        (t, g, h) => dg.groupNorm(t, 2, g, h),
        [randn([2, 4, 3]), randn([4]), randn([4])],
      );
      checkGradients((t, u) => dg.swiglu(t, u), [x, randn([3, 5])]);
      checkGradients((t, u) => dg.swiglu(t, u), [randn([2, 3, 4]), randn([2, 3, 4])]);
      checkGradients((t) => dg.swigluPacked(t), [randn([3, 6])]);
      checkGradients((t) => dg.swigluPacked(t), [randn([2, 3, 6])]);
      checkGradients(
        (t) =>
          dg.crossEntropy(t, ints([4, -100, 0], [3]), { labelSmoothing: 0.2, reduction: "sum" }),
        [x],
      );
    });

    it("gathering, scattering and sorting", () => {
      const x = randn([4, 3]);
      checkGradients((t) => dg.embedding(t, ints([3, 0, 3, 1], [2, 2])), [x]);
      checkGradients((t) => dg.indexSelect(t, 1, ints([2, 0, 2], [3])), [x]);
      checkGradients(
        (t, s) => dg.scatterAdd(t, 0, ints([0, 3, 0, 1, 1, 1], [2, 3]), s),
        [x, randn([2, 3])],
      );
      checkGradients(
        (t, s) => dg.indexAdd(t, 0, ints([3, 3], [2]), s, { alpha: 2 }),
        [x, randn([2, 3])],
      );
      checkGradients((t) => dg.topk(t, 2, { dim: 0 }).values, [x]);
      checkGradients((t) => dg.sort(t, { descending: true }).values, [x]);
    });

    it("attention with shared keys, masks, wide values and rotation", () => {
      const [q, k, v] = [randn([2, 3, 4, 6]), randn([2, 5, 2, 6]), randn([2, 5, 2, 4])];
      const keyMask = ints([1, 1, 1, 1, 1, 0, 0, 1, 1, 1], [2, 5]);
      checkGradients(
        (a, b, c) => dg.scaledDotProductAttention(a, b, c, { isCausal: true, keyMask }),
        [q, k, v],
      );
      checkGradients((a, b, c) => dg.scaledDotProductAttention(a, b, c, { scale: 0.3 }), [q, k, v]);
      const segments = ints([4, 4, 4, 9, 9, 1, 2, 2, 2, 3], [2, 5]);
      checkGradients(
        (a, b, c) => dg.scaledDotProductAttention(a, b, c, { isCausal: true, segments }),
        [q, k, v],
      );
      const angles = randn([5, 3]);
      for (const interleaved of [true, false])
        checkGradients(
          (t) =>
            dg.rope(t, dg.cos(angles), dg.sin(angles), ints([0, 2, 4, 1, 1, 3], [2, 3]), {
              interleaved,
            }),
          [q],
        );
    });

    it("expert operators, with a dropped choice and an empty expert", () => {
      const ids = ints([0, 2, 2, -1, 0, 0, 3, 2], [4, 2]);
      const layer = (x: dg.Tensor, w: dg.Tensor, gates: dg.Tensor) => {
        const plan = dg.planExperts(ids, 5);
        return dg.combineExperts(
          dg.groupedLinear(dg.dispatch(x, plan), w, plan.offsets),
          gates,
          plan,
        );
      };
      checkGradients(layer, [randn([4, 3]), randn([5, 6, 3]), rand([4, 2])]);
    });

    it("trains single groups of a grouped product", () => {
      const weight = randn([3, 2, 2]);
      const slices = [0, 2].map((g) =>
        weight.narrow(0, g, 1).reshape([2, 2]).detach().requireGrad(),
      );
      const offsets = ints([0, 1, 3, 4], [4]);
      const x = randn([4, 2]);
      const trained = new Map([
        [0, slices[0]!],
        [2, slices[1]!],
      ]);
      dg.groupedLinear(x, weight, offsets, { trained }).square().sum().backward();
      const whole = weight.clone().requireGrad();
      dg.groupedLinear(x, whole, offsets).square().sum().backward();
      expect(slices[0]!.grad!.dataSync()).toBeAllclose(whole.grad!.select(0, 0).dataSync());
      expect(slices[1]!.grad!.dataSync()).toBeAllclose(whole.grad!.select(0, 2).dataSync());
    });

    it("convolution and pooling", () => {
      const x = randn([2, 4, 5, 6]);
      checkGradients(
        (t, w, b) => dg.conv2d(t, w, b, { stride: 2, padding: 1, dilation: [1, 2] }),
        [x, randn([3, 4, 3, 2]), randn([3])],
      );
      checkGradients(
        (t, w) => dg.conv2d(t, w, null, { groups: 4, padding: 1 }),
        [x, randn([4, 1, 3, 3])],
      );
      // Values a tenth apart, so that no difference step changes a winner.
      const apart = dg.sort(x.flatten()).indices.to({ dtype: "float32" }).mul(0.1).reshape(x.shape);
      checkGradients((t) => dg.maxPool2d(t, 2, { padding: 1 }), [apart]);
      checkGradients(
        (t) => dg.avgPool2d(t, [2, 3], { stride: 1, padding: 1, countIncludePad: false }),
        [x],
      );
    });

    it("graph operators", () => {
      const csr = dg.csrFromEdges([0, 0, 2, 2, 2, 3], [1, 3, 0, 1, 1, 2], 4, 5);
      const x = randn([5, 3]);
      checkGradients((t, w) => dg.segmentSum(t, csr, w), [x, randn([6])]);
      checkGradients((t) => dg.segmentMean(t, csr), [x]);
      checkGradients((t) => dg.segmentMax(t, csr), [x]);
      checkGradients((t) => dg.segmentSoftmax(t, csr), [randn([6, 2])]);
    });

    it("dropout repeats its mask in the backward pass", () => {
      const x = randn([400]).requireGrad();
      const y = dg.dropout(x, 0.25);
      y.sum().backward();
      const [values, gradient, inputs] = [y.dataSync(), x.grad!.dataSync(), x.dataSync()];
      const kept = Array.from(gradient).filter((g) => g !== 0).length;
      expect(kept).toBeGreaterThan(250);
      expect(kept).toBeLessThan(350);
      expect(values).toBeAllclose(
        inputs.map((value, i) => value * gradient[i]!),
        { rtol: 1e-6 },
      );
    });
  });
}
