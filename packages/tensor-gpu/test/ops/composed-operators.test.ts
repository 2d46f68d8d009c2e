import { beforeAll, describe, expect, it } from "vitest";
import * as dg from "../../src";
import { checkGradients } from "../support/check-gradients";
import { thrownBy } from "../support/thrown-by";

const { convTranspose2d, conv2d, crossEntropy, cumprod, interpolateBilinear, ones, randn } = dg;
const numbers = (x: dg.Tensor) => Array.from(x.dataSync());

beforeAll(() => {
  dg.setBackend("js");
  dg.manualSeed(3);
});

describe("grouped convolution", () => {
  it("equals a convolution per group", () => {
    const [x, weight, bias] = [randn([2, 6, 5, 5]), randn([4, 3, 3, 3]), randn([4])];
    const options = { stride: 2, padding: 1 };
    const each = [0, 1].map((g) =>
      conv2d(x.narrow(1, 3 * g, 3), weight.narrow(0, 2 * g, 2), bias.narrow(0, 2 * g, 2), options),
    );
    const whole = conv2d(x, weight, bias, { ...options, groups: 2 });
    expect(numbers(whole)).toBeAllclose(numbers(dg.cat(each, 1)), { rtol: 1e-6 });
  });

  it("is a layer too, also depthwise with several outputs per channel", () => {
    const layer = new dg.nn.Conv2d(4, 8, 3, { groups: 4, padding: 1 });
    expect(layer.weight.shape).toEqual([8, 1, 3, 3]);
    expect(layer.forward(ones([1, 4, 5, 6])).shape).toEqual([1, 8, 5, 6]);
  });
});

describe("convTranspose2d", () => {
  it("spreads each pixel by hand", () => {
    const x = dg.tensor([[[[1, 2]]]]);
    const weight = dg.tensor([[[[1, 10, 100]]]]);
    const y = convTranspose2d(x, weight, dg.tensor([0.5]), { stride: [1, 2] });
    expect(numbers(y)).toEqual([1.5, 10.5, 102.5, 20.5, 200.5]);
  });

  it("is the adjoint of conv2d: ⟨conv(x), y⟩ = ⟨x, convTranspose(y)⟩", () => {
    const options = { stride: 2, padding: 1, groups: 2 };
    const [x, weight] = [randn([2, 4, 7, 7]), randn([6, 2, 3, 3])];
    const forward = conv2d(x, weight, null, options);
    const y = randn(forward.shape);
    const left = forward.mul(y).sum().itemSync();
    const right = x
      .mul(convTranspose2d(y, weight, null, options))
      .sum()
      .itemSync();
    expect(left).toBeCloseTo(right, 3);
  });

  it("has the gradients of its differences", () => {
    checkGradients(
      (x, weight, bias) =>
        convTranspose2d(x, weight, bias, { stride: 2, padding: 1, outputPadding: 1, groups: 2 }),
      [randn([1, 4, 2, 3]), randn([4, 1, 3, 3]), randn([2])],
    );
  });

  it("is a layer with PyTorch's shapes", () => {
    const layer = new dg.nn.ConvTranspose2d(4, 6, 3, { stride: 2, groups: 2, bias: false });
    expect([layer.weight.shape, layer.bias]).toEqual([[4, 3, 3, 3], null]);
    expect(layer.forward(ones([1, 4, 5, 5])).shape).toEqual([1, 6, 11, 11]);
  });
});

describe("interpolateBilinear", () => {
  it("leaves an image of the same size alone, either way", () => {
    const x = randn([1, 2, 3, 4]);
    for (const alignCorners of [false, true])
      expect(numbers(interpolateBilinear(x, { size: [3, 4], alignCorners }))).toEqual(numbers(x));
  });

  it("copies an axis that keeps its size, whatever the scale, as PyTorch does on the CPU", () => {
    const x = randn([1, 2, 6, 4]);
    const scaled = (scaleFactor: number | [number, number]) =>
      numbers(interpolateBilinear(x, { scaleFactor }));
    expect(scaled(1.013)).toEqual(numbers(x));
    expect(scaled([1.013, 2])).toEqual(numbers(interpolateBilinear(x, { size: [6, 8] })));
    expect(scaled([0.5, 1.2])).toEqual(numbers(interpolateBilinear(x, { size: [3, 4] })));
    checkGradients((image) => interpolateBilinear(image, { scaleFactor: [1.013, 2] }), [x]);
  });

  it("has the gradients of its differences", () => {
    for (const alignCorners of [false, true])
      checkGradients(
        (x) => interpolateBilinear(x, { scaleFactor: [2, 0.5], alignCorners }),
        [randn([1, 2, 3, 4])],
      );
  });
});

describe("cumprod", () => {
  it("has the gradients of its differences where elements are 0", () => {
    checkGradients((x) => cumprod(x, 1), [dg.tensor([[2, 0, 3, 0.5, 0, 1.5]])]);
  });

  it("is a method, and counts booleans as whole numbers", () => {
    const x = dg.tensor([true, true, false, true]).cumprod(-1);
    expect([x.dtype, numbers(x)]).toEqual(["int32", [1, 1, 0, 0]]);
  });
});

describe("crossEntropy", () => {
  const logits = () =>
    dg.tensor([
      [0, Math.log(3)],
      [Math.log(4), 0],
      [0, 0],
    ]);

  it("divides by the sum of the weights that count, by hand", () => {
    const options = { weight: dg.tensor([2, 1]), ignoreIndex: -1 };
    const loss = crossEntropy(logits(), dg.tensor(Int32Array.of(1, 0, -1)), options);
    expect(loss.itemSync()).toBeCloseTo((Math.log(4 / 3) + 2 * Math.log(5 / 4)) / 3);
  });

  it("of one-hot probabilities equals that of classes", () => {
    const [x, ids] = [randn([6, 4]), dg.tensor(Int32Array.of(0, 3, 1, 2, 2, 0))];
    const options = { weight: dg.rand([4]), labelSmoothing: 0.2, reduction: "sum" } as const;
    const soft = crossEntropy(x, dg.oneHot(ids, 4), options).itemSync();
    expect(soft).toBeCloseTo(crossEntropy(x, ids, options).itemSync(), 4);
  });
});

const image = () => ones([1, 4, 5, 5]);
const REFUSED: [call: string, code: string, run: () => unknown][] = [
  ["conv2d, 3 groups", "ERR_SHAPE", () => conv2d(image(), ones([3, 1, 3, 3]), null, { groups: 3 })],
  [
    "conv2d, groups that do not divide the outputs",
    "ERR_SHAPE",
    () => conv2d(image(), ones([3, 2, 3, 3]), null, { groups: 2 }),
  ],
  ["Conv2d", "ERR_RANGE", () => new dg.nn.Conv2d(4, 3, 3, { groups: 2 })],
  ["ConvTranspose2d", "ERR_RANGE", () => new dg.nn.ConvTranspose2d(4, 3, 3, { groups: 2 })],
  [
    "convTranspose2d, output padding of the stride",
    "ERR_RANGE",
    () => convTranspose2d(image(), ones([4, 1, 3, 3]), null, { stride: 2, outputPadding: 2 }),
  ],
  [
    "convTranspose2d, no rows left",
    "ERR_SHAPE",
    () => convTranspose2d(image(), ones([4, 1, 3, 3]), null, { padding: 4 }),
  ],
  ["convTranspose2d, channels", "ERR_SHAPE", () => convTranspose2d(image(), ones([3, 1, 3, 3]))],
  ["interpolateBilinear({})", "ERR_ARGUMENT", () => interpolateBilinear(image(), {})],
  [
    "interpolateBilinear with both",
    "ERR_ARGUMENT",
    () => interpolateBilinear(image(), { size: 2, scaleFactor: 2 }),
  ],
  ["interpolateBilinear, 0", "ERR_RANGE", () => interpolateBilinear(image(), { scaleFactor: 0 })],
  [
    "interpolateBilinear, size 0",
    "ERR_RANGE",
    () => interpolateBilinear(image(), { size: [0, 2] }),
  ],
  ["cumprod along axis 1.5", "ERR_RANGE", () => cumprod(ones([2]), 1.5)],
  [
    "crossEntropy, weights of other classes",
    "ERR_SHAPE",
    () => crossEntropy(ones([2, 3]), dg.tensor(Int32Array.of(0, 1)), { weight: ones([2]) }),
  ],
  [
    "crossEntropy of probabilities with ignoreIndex",
    "ERR_ARGUMENT",
    () => crossEntropy(ones([2, 3]), ones([2, 3]), { ignoreIndex: 1 }),
  ],
  ["crossEntropy of other shapes", "ERR_SHAPE", () => crossEntropy(ones([2, 3]), ones([2]))],
];

describe("the same operators refuse", () => {
  it.each(REFUSED)("%s with %s", (_, code, run) => {
    expect(thrownBy(run)).toMatchObject({ code });
  });
});
