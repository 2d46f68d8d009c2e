import { describe, expect, it } from "vitest";
import {
  add,
  createJsBackend,
  createWasmBackend,
  inference,
  ones,
  setBackend,
  tensor,
  zeros,
} from "../../src";
import { thrownBy } from "../support/thrown-by";

describe("recorded launches", () => {
  it("repeat what was done on the numbers that the tensors hold now", () => {
    setBackend("wasm");
    const [x, y] = [ones([2, 3]), zeros([2, 3])];
    const launches = inference.recordLaunches(x, () => {
      inference.combineInto("add", y, x, x);
      inference.combineInto("mul", y, y, add(x, 1)); // a tensor of its own
    })!;
    expect([...y.dataSync()]).toEqual([4, 4, 4, 4, 4, 4]);
    x.set([0, 1, 2, 3, 4, 5]);
    launches.replay();
    expect([...y.dataSync()]).toEqual([0, 4, 12, 24, 40, 60]);
    launches.dispose();
    expect(thrownBy(() => launches.replay())).toMatchObject({ code: "ERR_DISPOSED" });
  });

  it("refuse what depends on values, and pages that are no longer there", () => {
    setBackend("wasm");
    const x = ones([3]);
    const reading = () => inference.recordLaunches(x, () => void x.dataSync());
    expect(thrownBy(reading)).toMatchObject({ code: "ERR_BACKEND" });
    const numbers = { rows: Int32Array.of(0, 1), table: Int32Array.of(0) };
    const pages = {
      keys: zeros([1, 1, 4, 2]),
      values: zeros([1, 1, 4, 2]),
      numbers,
      rows: tensor([[0, 1]], { dtype: "int32" }),
      table: zeros([1, 1], { dtype: "int32" }),
    };
    const row = ones([1, 1, 2]);
    const launches = inference.recordLaunches(row, () =>
      inference.storePages(null, row, row, pages, null),
    )!;
    launches.replay();
    pages.rows.set([0, 4]);
    expect(thrownBy(() => launches.replay())).toMatchObject({ code: "ERR_RANGE" });
    launches.dispose();
  });

  it("refuse places in pages where no kernel reads them: a replay would repeat those of the recording", async () => {
    const { bind: _, ...wasm } = createWasmBackend({ threads: 1 });
    setBackend({ ...wasm, shortcuts: {}, readSync: undefined });
    const pages = {
      keys: zeros([1, 1, 4, 2]),
      values: zeros([1, 1, 4, 2]),
      numbers: { rows: Int32Array.of(0, 1), table: Int32Array.of(0) },
      rows: tensor([[0, 1]], { dtype: "int32" }),
      table: zeros([1, 1], { dtype: "int32" }),
    };
    const row = ones([1, 1, 2]);
    const store = () => inference.storePages(null, row, row, pages, null);
    const attend = () => inference.attendPages(row.clone(), row, pages);
    store();
    for (const run of [store, attend])
      expect(thrownBy(() => inference.recordLaunches(row, run))).toMatchObject({
        code: "ERR_BACKEND",
        message: expect.stringMatching(/places that no kernel reads/),
      });
    expect(await pages.keys.data()).toEqual(Float32Array.of(0, 0, 1, 1, 0, 0, 0, 0));
    setBackend("wasm");
    await wasm.dispose();
  });

  it("are none where the backend cannot record: nothing is run", async () => {
    const backend = setBackend(createJsBackend());
    const x = ones([2]);
    let isRun = false;
    const launches = inference.recordLaunches(x, () => {
      isRun = true;
    });
    expect(launches).toBeNull();
    expect(isRun).toBe(false);
    await backend.dispose();
    setBackend("wasm");
  });
});
