import { afterAll, describe, expect, it } from "vitest";
import * as dg from "../../src";
import { type FailingBackend, failingBackend, failingWasm } from "../faults/failing-allocations";
import type { TinyModel } from "../parity/tiny-models";
import { disposeAll, MODELS, trainStep } from "../parity/training-losses";
import { missingBlas } from "../support/missing-blas";

const before = dg.getBackend();
afterAll(() => void dg.setBackend(before));

const FAILING: Record<string, () => FailingBackend> = {
  js: () => failingBackend(dg.createJsBackend()),
  "wasm, one thread": () => failingWasm(1),
  "wasm, two threads": () => failingWasm(2),
  ...(missingBlas === undefined && {
    blas: () => failingBackend(dg.createBlasBackend({ threads: 1, minimumWork: 1 })),
  }),
};

/** Weights, moments and step count, byte by byte. */
async function bitsOf({ parameters }: TinyModel, adamw: dg.optim.AdamW): Promise<Buffer> {
  const { step, m, v } = await adamw.state();
  const arrays = [...parameters.map((parameter) => parameter.dataSync()), m, v];
  return Buffer.concat([Buffer.of(step), ...arrays.map(({ buffer }) => Buffer.from(buffer))]);
}

describe.each(Object.entries(FAILING))("an allocation that fails on %s", (_, create) => {
  it("at any place of a training step leaves parameters and memory as they were", async () => {
    const { backend, failAfter } = create();
    dg.setBackend(backend);
    const model = MODELS.moe();
    const adamw = new dg.optim.AdamW(model.parameters, { lr: 1e-2 });
    const weights = () => model.parameters.map((parameter) => parameter.dataSync());
    trainStep(model, adamw, 0).dispose();
    const [live, values, state] = [dg.memory(), weights(), await adamw.state()];
    const snapshot = await bitsOf(model, adamw);
    let failures = 0;
    for (;;) {
      failAfter(failures);
      let loss: dg.Tensor | undefined;
      try {
        loss = trainStep(model, adamw, 1);
      } catch (error) {
        expect((error as dg.TensorError).code).toBe("ERR_MEMORY");
      }
      failAfter(Number.POSITIVE_INFINITY);
      loss?.dispose();
      if (loss) break;
      adamw.zeroGrad();
      failures++;
      expect(dg.memory()).toEqual(live);
      expect((await bitsOf(model, adamw)).equals(snapshot)).toBe(true);
    }
    expect(failures).toBeGreaterThan(100);
    const tried = weights();
    for (const [i, parameter] of model.parameters.entries()) parameter.set(values[i]!);
    adamw.restore(state);
    trainStep(model, adamw, 1).dispose();
    expect(weights()).toEqual(tried);
    disposeAll(model, adamw);
    await backend.dispose();
  });
});
