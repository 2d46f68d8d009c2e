import { beforeEach, describe, expect, it } from "vitest";
import {
  crossEntropy,
  Generator,
  linear,
  linearCrossEntropy,
  memory,
  randn,
  setBackend,
  tensor,
  tidy,
  zeros,
} from "../../src";
import { thrownBy } from "../support/thrown-by";

describe.each(["js", "wasm"])("linearCrossEntropy on %s", (backend) => {
  beforeEach(() => void setBackend(backend));

  const operands = () => {
    const generator = new Generator(5);
    const x = randn([2, 5, 6], { generator }).requireGrad();
    const weight = randn([7, 6], { generator }).requireGrad();
    const targets = tensor(Int32Array.of(0, 6, -100, 3, 2, 1, -100, 5, 4, 4), { shape: [2, 5] });
    return { x, weight, targets };
  };

  it.each([
    ["one chunk", {}],
    ["chunks of three rows", { chunkBytes: 3 * 7 * 4 }],
    [
      "single rows, smoothed and summed",
      { chunkBytes: 1, labelSmoothing: 0.1, reduction: "sum" as const },
    ],
  ])("gives loss and gradients of the layer and crossEntropy, in %s", (_, options) => {
    const { x, weight, targets } = operands();
    const { chunkBytes: __, ...shared } = options as { chunkBytes?: number };
    const loss = linearCrossEntropy(x, weight, targets, options);
    loss.mul(3).backward();
    const got = [loss, x.grad!, weight.grad!].map((t) => t.dataSync());
    const same = operands();
    const wanted = crossEntropy(linear(same.x, same.weight), targets, shared);
    wanted.mul(3).backward();
    for (const [i, t] of [wanted, same.x.grad!, same.weight.grad!].entries())
      expect(got[i]).toBeAllclose(t.dataSync(), { rtol: 1e-5, atol: 1e-6 });
  });

  it("differentiates what wants a gradient alone, and keeps nothing without one", () => {
    const { x, weight, targets } = operands();
    const frozen = weight.detach();
    linearCrossEntropy(x, frozen, targets).backward();
    expect(x.grad).not.toBeNull();
    expect(frozen.grad).toBeNull();
    const before = memory().storages;
    tidy(() => linearCrossEntropy(x.detach(), frozen, targets, { chunkBytes: 100 }).itemSync());
    expect(memory().storages).toBe(before);
  });

  it("is NaN over no rows, and refuses targets and options out of range", () => {
    const { x, weight, targets } = operands();
    const none = tensor(new Int32Array(10).fill(-100), { shape: [2, 5] });
    expect(linearCrossEntropy(x, weight, none).itemSync()).toBeNaN();
    const codes = [
      () => linearCrossEntropy(x, zeros([7, 5]), targets),
      () => linearCrossEntropy(x, weight, zeros([2, 5])),
      () => linearCrossEntropy(x, zeros([4, 6]), targets),
      () => linearCrossEntropy(x, weight, targets, { chunkBytes: 0 }),
      () => linearCrossEntropy(x, weight, targets, { labelSmoothing: 2 }),
    ].map((call) => (thrownBy(call) as { code: string }).code);
    expect(codes).toEqual(["ERR_SHAPE", "ERR_DTYPE", "ERR_RANGE", "ERR_RANGE", "ERR_RANGE"]);
  });
});
