import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import * as dg from "../../src";
import { grad, type Tensor, tensor } from "../../src";
import { goldenOperators } from "./golden-operators";

interface FlatTensor {
  shape: number[];
  data: (number | string)[];
}

interface Case {
  op: string;
  name: string;
  attrs: Record<string, never>;
  inputs: Record<string, FlatTensor>;
  outputs: FlatTensor[];
  cotangents: (FlatTensor | null)[];
  grads: Record<string, FlatTensor | null>;
}

const numbers = (flat: FlatTensor) =>
  flat.data.map((x) => (x === "inf" ? Infinity : x === "-inf" ? -Infinity : Number(x)));

/** GOLDEN.md: 1e-5 · max(1, largest absolute value). */
const tolerance = (expected: number[]) => ({
  rtol: 0,
  atol: 1e-5 * Math.max(1, ...expected.filter(Number.isFinite).map(Math.abs)),
});

const integerInputs = new Set(["i", "y"]);

function lift({ op, inputs, grads }: Case): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, flat]) => {
      const isMask = key === "m";
      const isIndex = integerInputs.has(key) && !(op === "loss");
      const out = tensor(Float64Array.from(numbers(flat)), {
        shape: flat.shape,
        dtype: isMask ? "bool" : isIndex ? "int32" : "float32",
      });
      return [key, grads[key] ? out.requireGrad() : out];
    }),
  );
}

const cases: Case[] = sharedIsMissing
  ? []
  : JSON.parse(readFileSync(shared("golden/ops.json"), "utf8")).cases;

describe.skipIf(sharedIsMissing).each(["js", "wasm"])("operators on the %s backend", (backend) => {
  it.each(cases.map((c) => [`${c.op} ${c.name}`, c] as const))(
    "%s gives PyTorch's outputs and gradients",
    (_, c) => {
      dg.setBackend(backend);
      dg.tidy(() => {
        const inputs = lift(c);
        const operator = goldenOperators[c.op];
        if (!operator) throw new Error(`no operator for ${c.op}`);
        const outputs = operator(inputs, { ...c.attrs, name: c.name });
        c.outputs.forEach((expected, i) => {
          expect(outputs[i]!.shape).toEqual(expected.shape);
          expect(outputs[i]!.dataSync()).toBeAllclose(
            numbers(expected),
            tolerance(numbers(expected)),
          );
        });
        const wanted = Object.entries(c.grads).filter(([, g]) => g !== null);
        const scored = outputs.flatMap((out, i) =>
          c.cotangents[i]
            ? [out.mul(tensor(numbers(c.cotangents[i]!), { shape: out.shape })).sum()]
            : [],
        );
        if (scored.length === 0) return;
        const total = scored.reduce((a, b) => a.add(b));
        const gradients = grad(
          total,
          wanted.map(([key]) => inputs[key]!),
        );
        wanted.forEach(([key, expected], i) => {
          expect(gradients[i]!.dataSync(), key).toBeAllclose(
            numbers(expected!),
            tolerance(numbers(expected!)),
          );
        });
      });
    },
  );
});
