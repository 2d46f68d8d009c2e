import { beforeAll, describe, expect, it } from "vitest";
import * as dg from "../../src";

describe("on the js backend, values whose logarithmic sum they would round away", () => {
  beforeAll(() => void dg.setBackend("js"));

  it.each([1e38, 1e10, -1e38])("softmax of two equal ones of %d is a half each", (value) => {
    expect([...dg.tensor([value, value]).softmax().dataSync()]).toEqual([0.5, 0.5]);
    expect(dg.tensor([value, value]).logSoftmax().dataSync()).toBeAllclose([-Math.LN2, -Math.LN2]);
  });

  it.each([1e38, 1e10])("crossEntropy of two equal ones of %d is ln 2", (value) => {
    const loss = dg.crossEntropy(dg.tensor([[value, value]]), dg.tensor(Int32Array.of(0)));
    expect(loss.itemSync()).toBeCloseTo(Math.LN2, 6);
  });
});
