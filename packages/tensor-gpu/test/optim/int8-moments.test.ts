import { beforeEach, describe, expect, it } from "vitest";
import {
  Generator,
  linear,
  ones,
  optim,
  randn,
  setBackend,
  type Tensor,
  tidy,
  zeros,
} from "../../src";
import { dynamicCodes } from "../../src/optim/block-moments";
import { thrownBy } from "../support/thrown-by";

describe("dynamicCodes", () => {
  it("are 256 ascending numbers from −1 or 0 to 1, small ones close together", () => {
    for (const isSigned of [true, false]) {
      const codes = dynamicCodes(isSigned);
      expect(codes).toHaveLength(256);
      expect(new Set(codes).size).toBe(256);
      expect([...codes].sort((a, b) => a - b)).toEqual([...codes]);
      expect(codes[255]).toBe(1);
      expect(codes.includes(0)).toBe(true);
    }
    // One bit of fraction at the smallest power: the middle of (0.1, 1) times 1e-6, and of its halves without a sign.
    expect(dynamicCodes(true)[dynamicCodes(true).indexOf(0) + 1]).toBeCloseTo(0.55e-6, 12);
    expect(dynamicCodes(false)[1]).toBeCloseTo(0.325e-6, 12);
  });
});

describe.each(["js", "wasm"])("AdamW with int8 moments on %s", (backend) => {
  beforeEach(() => void setBackend(backend));

  /** Regression on drawn data, a weight that spans several blocks. */
  function train(moments: "float32" | "int8", steps: number) {
    const generator = new Generator(4);
    const [x, target] = [randn([16, 300], { generator }), randn([16, 20], { generator })];
    const weight = randn([20, 300], { generator, std: 0.1 }).requireGrad();
    const bias = zeros([20]).requireGrad();
    const optimizer = new optim.AdamW([weight, bias], { lr: 3e-3, moments });
    const losses: number[] = [];
    for (let step = 0; step < steps; step++)
      tidy(() => {
        const loss = linear(x, weight, bias).sub(target).square().mean();
        losses.push(loss.itemSync());
        loss.backward();
        optimizer.step({ maxGradNorm: 1 });
        optimizer.zeroGrad();
      });
    return { losses, optimizer, weight, bias };
  }

  it("learns as with float32 moments", () => {
    const [wide, narrow] = [train("float32", 60), train("int8", 60)];
    expect(narrow.losses.at(-1)).toBeLessThan(0.2 * narrow.losses[0]!);
    expect(narrow.losses).toBeAllclose(wide.losses, { rtol: 0.05, atol: 0.01 });
    expect(narrow.losses).not.toEqual(wide.losses);
  });

  it("keeps about 2 bytes per parameter", () => {
    const large = zeros([600, 500]).requireGrad();
    const narrow = new optim.AdamW([large], { moments: "int8" });
    const wide = new optim.AdamW([large]);
    expect(narrow.stateBytes).toBeLessThan(0.26 * wide.stateBytes);
    for (const each of [narrow, wide]) each.dispose();
  });

  it("goes on from its state exactly as it would have", async () => {
    const { optimizer, weight, bias } = train("int8", 5);
    const state = await optimizer.state();
    expect(state.m).toHaveLength(6020);
    const next = (which: optim.AdamW, parameters: Tensor[]) => {
      for (const parameter of parameters) parameter.grad = ones(parameter.shape);
      which.step();
      return parameters.map((parameter) => [...parameter.dataSync()]);
    };
    const copies = [weight, bias].map((x) => x.detach().clone().requireGrad());
    const resumed = new optim.AdamW(copies, { lr: 3e-3, moments: "int8" });
    resumed.restore(state);
    expect((await resumed.state()).m).toEqual(state.m);
    expect((await resumed.state()).v).toEqual(state.v);
    expect(next(resumed, copies)).toEqual(next(optimizer, [weight, bias]));
  });

  it("never lets a second moment above zero become zero, which would divide by eps alone", async () => {
    const parameter = zeros([4]).requireGrad();
    const optimizer = new optim.AdamW([parameter], { moments: "int8" });
    parameter.grad = ones([4]);
    parameter.grad.set([1, 1e-6, 0, 1e-9]);
    optimizer.step();
    const { v } = await optimizer.state();
    expect(v[1]).toBeGreaterThan(0);
    expect(v[3]).toBeGreaterThan(0);
    expect(v[2]).toBe(0);
  });

  it("refuses other settings and states", () => {
    const parameter = zeros([4]).requireGrad();
    const make = (options: object) => () => new optim.AdamW([parameter], options);
    expect(thrownBy(make({ moments: "int4" }))).toMatchObject({ code: "ERR_RANGE" });
    expect(thrownBy(make({ moments: "int8", amsgrad: true }))).toMatchObject({
      code: "ERR_ARGUMENT",
    });
    const optimizer = make({ moments: "int8" })();
    const short = {
      step: 1,
      m: new Float32Array(3),
      v: new Float32Array(4),
      vMax: new Float32Array(0),
    };
    expect(thrownBy(() => optimizer.restore(short))).toMatchObject({ code: "ERR_SHAPE" });
  });
});
