import { afterAll, describe, expect, it } from "vitest";
import type { Backend } from "../../src/backend/backend";
import { setBackend } from "../../src/backends";
import {
  conv2d,
  createJsBackend,
  createWasmBackend,
  nn,
  type Tensor,
  tensor,
} from "../../src/index";
import { convShape } from "../conformance/suite/cases/images";
import { seededRandom, uniforms } from "../conformance/suite/numbers";

const wasm = createWasmBackend({ threads: 1 });
const js = createJsBackend();
const composing: Backend = { ...js, shortcuts: {} };
afterAll(async () => {
  await wasm.dispose();
  await js.dispose();
});

const numbers = (shape: readonly number[], name: string) =>
  tensor(
    uniforms(
      seededRandom(name),
      shape.reduce((a, b) => a * b, 1),
    ),
    { shape },
  );

/** Output and gradients of an operator of two inputs on a backend. */
function run(backend: Backend, shapes: readonly number[][], operator: (...x: Tensor[]) => Tensor) {
  setBackend(backend);
  const inputs = shapes.map((shape, i) => numbers(shape, `input ${i}`).requireGrad());
  const out = operator(...inputs);
  out.backward({ gradient: numbers(out.shape, "gradient") });
  return [out, ...inputs.map((x) => x.grad!)].map((x) => Array.from(x.dataSync()));
}

function expectSame(actual: number[][], expected: number[][]): void {
  for (const [i, values] of expected.entries())
    expect(actual[i]).toBeAllclose(values, { rtol: 1e-4, atol: 1e-4 });
}

describe("convolution in one go", () => {
  it.each([
    ["stride 1", [2, 5, 9, 8], [6, 5, 3, 3], { padding: 1 }],
    ["stride 2", [2, 5, 9, 8], [6, 5, 3, 3], { stride: 2, padding: 1 }],
    ["one stride of 2", [1, 4, 9, 8], [3, 4, 3, 2], { stride: [1, 2] as const }],
    ["tiles of four outputs", [3, 16, 21, 19], [24, 16, 3, 3], { padding: 1 }],
    ["few channels", [2, 1, 9, 8], [6, 1, 3, 3], { padding: 1 }],
    ["more padding than the kernel reaches", [1, 4, 4, 5], [3, 4, 2, 2], { padding: 3 }],
  ])("gives what columns and a product give: %s", (_, x, w, options) => {
    const operator = (a: Tensor, b: Tensor) => conv2d(a, b, null, options);
    const expected = run(composing, [x, w], operator as (...x: Tensor[]) => Tensor);
    expectSame(run(wasm, [x, w], operator as (...x: Tensor[]) => Tensor), expected);
    expectSame(run(js, [x, w], operator as (...x: Tensor[]) => Tensor), expected);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    "keeps %d to the windows that have it",
    (value) => {
      const result = (backend: Backend) => {
        setBackend(backend);
        const pixels = uniforms(seededRandom("pixels"), 8 * 10 * 10);
        pixels[5 * 100 + 5 * 10 + 4] = value;
        const x = tensor(pixels, { shape: [1, 8, 10, 10] });
        const y = conv2d(x, numbers([8, 8, 3, 3], "w"), null, { padding: 1 });
        return Array.from(y.dataSync(), (v) => (Number.isFinite(v) ? "finite" : "not"));
      };
      expect(result(wasm)).toEqual(result(composing));
    },
  );

  it("declines strides, few channels and images too wide for a thread's work area", () => {
    setBackend(wasm);
    const conv = (channels: number, size: [number, number], stride: number) => {
      const shape = convShape({ channels, size, kernel: [1, 1], stride: [stride, stride] });
      const x = numbers([1, channels, ...size], "x");
      const y = numbers([1, 2, shape.outHeight, shape.outWidth], "y");
      const w = numbers([2, channels, 1, 1], "w");
      const { conv, convGradInput, convGradWeight } = wasm.shortcuts!;
      return [
        conv!(y, x, w, shape),
        convGradInput!(x, y, w, shape),
        convGradWeight!(w, y, x, shape),
      ];
    };
    expect(conv(4, [3, 3], 1)).toEqual([true, true, true]);
    expect(conv(4, [3, 3], 2)).toEqual([false, false, false]);
    expect(conv(3, [3, 3], 1)).toEqual([true, true, false]);
    expect(conv(4, [1, 200_000], 1)).toEqual([false, false, false]);
  });
});

describe("batch norm in one go", () => {
  it("trains and evaluates as the composed one", () => {
    const train = (backend: Backend) => {
      setBackend(backend);
      const layer = new nn.BatchNorm(3);
      const trained = run(backend, [[4, 3, 5, 2]], (x) => layer.forward(x!));
      const parameters = [
        layer.weight.grad!,
        layer.bias.grad!,
        layer.runningMean,
        layer.runningVar,
      ];
      layer.eval();
      const evaluated = run(backend, [[4, 3, 5, 2]], (x) => layer.forward(x!));
      return [...trained, ...parameters.map((x) => Array.from(x.dataSync())), ...evaluated];
    };
    const expected = train(composing);
    expectSame(train(wasm), expected);
    expectSame(train(js), expected);
  });

  it("keeps small differences of large numbers", () => {
    setBackend(wasm);
    const x = tensor([10_000, 10_001, 10_002, 10_003], { shape: [4, 1] });
    const out = new nn.BatchNorm(1).forward(x);
    const unit = Math.sqrt(1.25 + 1e-5);
    expect(out.dataSync()).toBeAllclose(
      [-1.5, -0.5, 0.5, 1.5].map((v) => v / unit),
      { rtol: 1e-5, atol: 0 },
    );
  });

  it("refuses a batch with another number of channels", () => {
    setBackend(wasm);
    expect(() => new nn.BatchNorm(3).forward(numbers([2, 4, 5], "x"))).toThrow(/batchNorm/);
  });
});
