import { Worker } from "node:worker_threads";
import { beforeEach, describe, expect, it } from "vitest";
import {
  abortable,
  createWasmBackend,
  memory,
  mseLoss,
  nn,
  ones,
  optim,
  setBackend,
  tidy,
} from "../../src";
import { thrownBy } from "../support/thrown-by";

beforeEach(() => void setBackend(createWasmBackend({ threads: 1 })));

describe("abortable", () => {
  it("stops before the next operator, with the signal's reason, and gives memory back", () => {
    const controller = new AbortController();
    const before = memory().bytes;
    let done = 0;
    const run = () =>
      abortable(controller.signal, () =>
        tidy(() => {
          for (; done < 10; done++) {
            if (done === 3) controller.abort(new RangeError("enough"));
            ones([4]);
          }
        }),
      );
    expect(run).toThrow(new RangeError("enough"));
    expect(done).toBe(3);
    expect(memory().bytes).toBe(before);
    expect(ones([2]).sum().itemSync()).toBe(2); // outside, nobody looks
  });

  it("returns what the function returns where nothing is stopped", () => {
    expect(abortable(new AbortController().signal, () => 3)).toBe(3);
    expect(abortable(undefined, () => 4)).toBe(4);
  });

  it("has a typed error for a signal without a reason, also of a call around", () => {
    const run = () => abortable({ aborted: true }, () => 1);
    expect(thrownBy(run).code).toBe("ERR_ABORTED");
    const outer = { aborted: false };
    const nested = () =>
      abortable(outer, () =>
        abortable({ aborted: false }, () => {
          outer.aborted = true;
          return ones([1]);
        }),
      );
    expect(thrownBy(nested).code).toBe("ERR_ABORTED");
  });

  it("stops a backward pass between operators, and an optimiser before it has changed anything", () => {
    const layer = new nn.Linear(3, 2);
    const optimizer = new optim.AdamW(layer.parameters());
    const loss = mseLoss(layer.forward(ones([4, 3])), ones([4, 2]));
    const signal = { aborted: false };
    const remove = layer.weight.registerHook(() => {
      signal.aborted = true;
      return undefined;
    });
    layer.bias!.registerHook((gradient) => gradient.mul(1));
    expect(thrownBy(() => abortable(signal, () => loss.mul(2).backward())).code).toBe(
      "ERR_ABORTED",
    );
    remove();
    layer.zeroGrad();
    mseLoss(layer.forward(ones([4, 3])), ones([4, 2])).backward();
    const before = [...layer.weight.dataSync()];
    const stopping = {
      reads: 0,
      get aborted() {
        return ++this.reads > 1;
      },
    };
    expect(thrownBy(() => abortable(stopping, () => optimizer.step({ maxGradNorm: 1 }))).code).toBe(
      "ERR_ABORTED",
    );
    expect([...layer.weight.dataSync()]).toEqual(before);
  });

  it("lets another thread stop a loop that never awaits", async () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const source = `const { workerData } = require("node:worker_threads"); Atomics.wait(workerData, 0, 0, 30); Atomics.store(workerData, 0, 1);`;
    const worker = new Worker(source, { eval: true, workerData: flag });
    await new Promise((resolve) => worker.once("online", resolve));
    const signal = {
      get aborted() {
        return Atomics.load(flag, 0) === 1;
      },
    };
    const endless = () =>
      abortable(signal, () => {
        for (;;) tidy(() => ones([16]).add(1));
      });
    expect(thrownBy(endless).code).toBe("ERR_ABORTED");
    await worker.terminate();
  });
});
