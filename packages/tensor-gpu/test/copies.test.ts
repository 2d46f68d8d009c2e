import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as first from "../src";

let second: typeof first;

beforeAll(async () => {
  first.setBackend("js");
  vi.resetModules();
  second = await import("../src");
  second.setBackend("js");
});
afterAll(() => vi.resetModules());

describe("two loaded copies of the package", () => {
  const named =
    /two copies of @deepgrain\/tensor-gpu are loaded, from source \(file:.*\) and from source \(file:/;

  it("are named, with version and address, where a tensor of one meets an operator of the other", () => {
    expect(second.Tensor).not.toBe(first.Tensor);
    expect(() => second.add(second.ones([2]), first.ones([2]))).toThrow(named);
    expect(() =>
      second.nn.RMSNorm.prototype.forward.call(new second.nn.RMSNorm(2), first.ones([2])),
    ).toThrow(named);
  });

  it("are named where a module of one holds modules or tensors of the other", () => {
    class Holder extends second.nn.Module {
      constructor(readonly child: unknown) {
        super();
      }
    }
    const children = [new first.nn.Linear(2, 2), [new first.nn.Linear(2, 2)], first.ones([1])];
    for (const child of children) expect(() => new Holder(child).parameters()).toThrow(named);
  });

  it("work apart", () => {
    expect(second.ones([2]).add(1).toArray()).toEqual([2, 2]);
    expect(first.ones([2]).add(1).toArray()).toEqual([2, 2]);
  });
});
