import { createWasmBackend, setBackend, tensor, type WasmBackend } from "@deepgrain/tensor-gpu";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LossName, nodeLoss } from "../../src/gnn";
import type { LossOptions } from "../../src/gnn/losses/node-losses";

const LOGITS = [
  [2, -1, 0.5],
  [0.1, 0.2, -3],
  [-30, 30, 0],
];
const TARGETS = [0, 2, 1];
const COUNTS = [20, 5, 2];
const CLOSE = { rtol: 1e-4, atol: 1e-6 };

const softmax = (z: number[]) => {
  const top = Math.max(...z);
  const raised = z.map((value) => Math.exp(value - top));
  const total = raised.reduce((a, b) => a + b, 0);
  return raised.map((value) => value / total);
};
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
const crossEntropy = (z: number[], y: number) => -Math.log(softmax(z)[y]!);
const frequency = (y: number) => 9 / COUNTS[y]!; // the mean class has 9 nodes
const binary = (p: number, t: boolean) => -Math.log(t ? p : 1 - p);

let backend: WasmBackend;
beforeAll(() => {
  backend = setBackend(createWasmBackend({ threads: 1 })) as WasmBackend;
});
afterAll(() => backend.dispose());

const losses = async (name: LossName, options: Partial<LossOptions> = {}) => {
  const of = nodeLoss(name, { counts: COUNTS, ...options });
  return of(tensor(LOGITS), tensor(Int32Array.from(TARGETS))).data();
};

describe("nodeLoss, worked from the formulas", () => {
  it("ce", async () => {
    const expected = LOGITS.map((z, v) => crossEntropy(z, TARGETS[v]!));
    expect(await losses("ce")).toBeAllclose(expected, CLOSE);
  });

  it("re-weight", async () => {
    const expected = LOGITS.map((z, v) => frequency(TARGETS[v]!) * crossEntropy(z, TARGETS[v]!));
    expect(await losses("re-weight")).toBeAllclose(expected, CLOSE);
  });

  it("focal", async () => {
    const expected = LOGITS.slice(0, 2).map((z, v) => {
      const terms = z.map((value, c) => {
        const p = 1 / (1 + Math.exp(-value));
        const right = c === TARGETS[v] ? p : 1 - p;
        return (1 - right) ** 1.5 * -Math.log(right);
      });
      return frequency(TARGETS[v]!) * sum(terms);
    });
    const found = await losses("focal", { gamma: 1.5 });
    expect(found.slice(0, 2)).toBeAllclose(expected, CLOSE);
    expect(found[2]).toBeGreaterThanOrEqual(0);
  });

  it("cb-softmax", async () => {
    const raw = COUNTS.map((count) => 0.1 / (1 - 0.9 ** count));
    const omega = raw.map((value) => (value * 3) / sum(raw));
    const expected = LOGITS.slice(0, 2).map((z, v) => {
      const terms = softmax(z).map((p, c) => binary(p, c === TARGETS[v]));
      return (omega[TARGETS[v]!]! / 3) * sum(terms);
    });
    const found = await losses("cb-softmax", { beta: 0.9 });
    expect(found.slice(0, 2)).toBeAllclose(expected, CLOSE);
    expect(Number.isFinite(found[2])).toBe(true);
  });

  it("ldam", async () => {
    const expected = LOGITS.map((z, v) => {
      const y = TARGETS[v]!;
      const margin = 0.5 * (2 / COUNTS[y]!) ** 0.25;
      return crossEntropy(
        z.map((value, c) => 30 * (value - (c === y ? margin : 0))),
        y,
      );
    });
    expect(await losses("ldam")).toBeAllclose(expected, CLOSE);
  });

  it("gives a class without training nodes no say", async () => {
    const of = nodeLoss("re-weight", { counts: [3, 0, 1] });
    const found = await of(tensor([[0, 0, 0]]), tensor(Int32Array.of(2))).data();
    expect(found).toBeAllclose([2 * Math.log(3)], CLOSE);
  });

  it.each([
    ["an unknown name", "hinge", {}, "ERR_ARGUMENT"],
    ["no training nodes", "ce", { counts: [0, 0] }, "ERR_RANGE"],
    ["a negative gamma", "focal", { gamma: -1 }, "ERR_RANGE"],
    ["beta 1", "cb-softmax", { beta: 1 }, "ERR_RANGE"],
    ["a negative margin", "ldam", { maxMargin: -1 }, "ERR_RANGE"],
    ["scale 0", "ldam", { scale: 0 }, "ERR_RANGE"],
  ])("refuses %s", (_, name, options, code) => {
    const call = () => nodeLoss(name as LossName, { counts: COUNTS, ...options });
    expect(call).toThrow(expect.objectContaining({ code }));
  });
});
