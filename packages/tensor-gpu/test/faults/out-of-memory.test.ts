import { afterAll, describe, expect, it } from "vitest";
import * as dg from "../../src";
import { disposeAll, MODELS, trainStep } from "../parity/training-losses";
import { missingBlas } from "../support/missing-blas";
import { thrownBy } from "../support/thrown-by";

const MIB = 2 ** 20;
const before = dg.getBackend();
afterAll(() => void dg.setBackend(before));

const CAPPED: Record<string, () => dg.Backend> = {
  "wasm, one thread": () => dg.createWasmBackend({ threads: 1, maximumBytes: 32 * MIB }),
  "wasm, two threads": () => dg.createWasmBackend({ threads: 2, maximumBytes: 40 * MIB }),
  ...(missingBlas === undefined && {
    blas: () => dg.createBlasBackend({ threads: 1, maximumBytes: 32 * MIB, minimumWork: 1 }),
  }),
};

describe.each(Object.entries(CAPPED))("a full memory on %s", (_, createBackend) => {
  it("is reported with what is live, and the process goes on", async () => {
    const backend = dg.setBackend(createBackend());
    const empty = dg.memory();
    const kept = dg.tidy(() => dg.ones([1024, 1024]).add(1));
    const live = dg.memory();
    const error = thrownBy(() => dg.zeros([64 * MIB]));
    expect(error.code).toBe("ERR_MEMORY");
    expect(error.message).toMatch(
      /cannot allocate 256.0 MiB: .* limit .* by operation: add 4.0 MiB in 1/,
    );
    expect(error.fields).toMatchObject({ byteLength: 256 * MIB, liveByOp: live.byOp });
    expect(dg.memory()).toEqual(live);

    const tooMany = () => {
      const tensors: dg.Tensor[] = [];
      for (;;) tensors.push(dg.zeros([512, 1024]));
    };
    expect(thrownBy(() => dg.tidy(tooMany)).code).toBe("ERR_MEMORY");
    expect(dg.memory()).toEqual(live);

    expect(dg.tidy(() => kept.matmul(kept).narrow(0, 0, 1).sum().itemSync())).toBe(4 * MIB);
    const model = MODELS.gpt();
    const adamw = new dg.optim.AdamW(model.parameters);
    const loss = trainStep(model, adamw, 0);
    expect(loss.itemSync()).toBeGreaterThan(0);
    disposeAll(model, adamw);
    for (const tensor of [loss, kept]) tensor.dispose();
    expect(dg.memory()).toEqual(empty);
    await backend.dispose();
  });
});

describe("a full memory on js", () => {
  it("is reported with what is live, and the process goes on", () => {
    dg.setBackend("js");
    const live = dg.memory();
    const error = thrownBy(() => dg.zeros([2 ** 45]));
    expect(error.code).toBe("ERR_MEMORY");
    expect(error.message).toMatch(/js: cannot allocate .* live tensors by operation/);
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(dg.memory()).toEqual(live);
  });
});

/** Takes all memory, largest pieces first, and returns what it took. */
function fillUp(backend: dg.Backend): [handle: number, byteLength: number][] {
  const taken: [number, number][] = [];
  for (let byteLength = 16 * MIB; byteLength >= 64; byteLength /= 4)
    try {
      for (;;) taken.push([backend.allocate(byteLength), byteLength]);
    } catch {
      // none of this size left
    }
  return taken;
}

describe("a step of an optimiser in a full memory, not all of its parameters having gradients,", () => {
  it.each(["adamw", "sgd"] as const)("%s changes all parameters or none", (kind) => {
    const backend = dg.setBackend(dg.createWasmBackend({ threads: 1, maximumBytes: 16 * MIB }));
    const parameters = Array.from({ length: 20 }, (_, i) => dg.ones([3 + i]).requireGrad());
    const optimiser =
      kind === "adamw"
        ? new dg.optim.AdamW(parameters, { lr: 0.1 })
        : new dg.optim.SGD(parameters, { lr: 0.1, momentum: 0.9 });
    const trained = (_: unknown, i: number) => i !== 1 && i !== 3;
    for (const parameter of parameters.filter(trained)) dg.tidy(() => parameter.sum().backward());
    const weights = () => parameters.map((parameter) => parameter.dataSync()[0]!);
    const taken = fillUp(backend);
    const outcomes: string[] = [];
    for (;;)
      try {
        optimiser.step();
        break;
      } catch (error) {
        outcomes.push((error as dg.TensorError).code);
        expect(weights()).toEqual(parameters.map(() => 1));
        backend.free(...taken.pop()!);
      }
    expect(new Set(outcomes)).toEqual(new Set(["ERR_MEMORY"]));
    expect(weights().map((weight) => weight < 1)).toEqual(parameters.map(trained));
  });
});

if (missingBlas) it.skip(`SKIPPED, blas cannot be tested: ${missingBlas}`, () => {});
