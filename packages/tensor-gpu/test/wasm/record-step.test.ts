import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as dg from "../../src";
import { assembleKernels } from "../../src/wasm/assemble-kernels";
import { assembleShortcuts } from "../../src/wasm/assemble-shortcuts";
import { backendOnRuntime } from "../../src/wasm/backend";
import { missingBlas } from "../support/missing-blas";
import { thrownBy } from "../support/thrown-by";
import { createArena } from "./arena";
import { gpt, graphNetwork, perceptron, type RecordableModel } from "./recordable-models";

const STEPS = 20;
const MODELS = { perceptron, gpt, "graph network": graphNetwork };

/** A backend whose helpers are up, and its heap. */
function open(options: { threads: number; shared?: boolean }) {
  const { launcher, ...runtime } = createArena(options);
  const kernels = assembleKernels(launcher);
  const shortcuts = assembleShortcuts(launcher);
  return {
    backend: backendOnRuntime("wasm", { ...runtime, launcher }, kernels, shortcuts),
    heap: runtime.heap,
  };
}

const before = dg.getBackend();
let opened: dg.Backend[] = [];
const use = <B extends dg.Backend>(backend: B): B => {
  opened.push(backend);
  dg.setBackend(backend);
  return backend;
};
const useWasm = (options = { threads: 1 } as { threads: number; shared?: boolean }) => {
  const { backend, heap } = open(options);
  use(backend);
  return heap;
};
afterEach(async () => {
  dg.setBackend(before);
  for (const backend of opened) await backend.dispose();
  opened = [];
});

const forward = (model: RecordableModel) => () => {
  const loss = model.loss();
  loss.backward();
  return loss;
};

const fillInputs = (model: RecordableModel, step: number) =>
  model.batch(step).forEach((values, i) => {
    model.inputs[i]!.set(values);
  });

/** Bits of the loss and of all gradients after each step. */
function train(
  model: RecordableModel,
  isReplayed: boolean,
  afterStep = (_: number) => {},
): string[] {
  const adamw = new dg.optim.AdamW(model.parameters, { lr: 1e-2 });
  let recording: dg.Recording<dg.Tensor> | undefined;
  const bits: string[] = [];
  for (let step = 0; step < STEPS; step++) {
    fillInputs(model, step);
    if (recording) recording.replay();
    else if (isReplayed) recording = dg.recordStep(forward(model));
    const loss = recording?.result ?? dg.tidy(forward(model));
    const hash = createHash("sha1");
    for (const part of [loss, ...model.parameters.map(({ grad }) => grad!)])
      hash.update(part.dataSync());
    bits.push(`${loss.itemSync()} ${hash.digest("hex")}`);
    adamw.step({ maxGradNorm: 1 });
    if (step % 3 !== 1 || !isReplayed) adamw.zeroGrad();
    if (!recording) loss.dispose();
    afterStep(step);
  }
  recording?.dispose();
  adamw.zeroGrad();
  adamw.dispose();
  return bits;
}

describe.each([1, 2])("recordStep with %i thread(s)", (threads) => {
  it.each(Object.entries(MODELS))("replays the bits of live steps: %s", (_, make) => {
    useWasm({ threads });
    const live = train(make(), false);
    useWasm({ threads });
    expect(train(make(), true)).toEqual(live);
    expect(new Set(live).size).toBe(STEPS);
  });

  it("replays after the memory has grown", () => {
    useWasm({ threads });
    const live = train(perceptron(), false);
    useWasm({ threads, shared: threads > 1 });
    const large: dg.Tensor[] = [];
    const grow = (step: number) => {
      if (step === 4) large.push(dg.zeros([25 * 2 ** 20]));
    };
    expect(train(perceptron(), true, grow)).toEqual(live);
    for (const tensor of large) tensor.dispose();
  });

  it("keeps memory flat over replays, and gives all of it back", () => {
    const heap = useWasm({ threads });
    const model = gpt();
    fillInputs(model, 0);
    const start = { live: heap.liveBytes, tensors: dg.memory().bytes };
    const recording = dg.recordStep(forward(model));
    const held = { live: heap.liveBytes, top: heap.topBytes, tensors: dg.memory().bytes };
    expect(held.live - start.live).toBeGreaterThanOrEqual(recording.bytes);
    for (let i = 0; i < 100; i++) {
      fillInputs(model, i);
      recording.replay();
      if (i % 2 === 0) for (const parameter of model.parameters) clearGrad(parameter);
    }
    recording.replay();
    expect({ live: heap.liveBytes, top: heap.topBytes, tensors: dg.memory().bytes }).toEqual(held);
    recording.dispose();
    for (const parameter of model.parameters) clearGrad(parameter);
    expect({ live: heap.liveBytes, tensors: dg.memory().bytes }).toEqual(start);
  });
});

function clearGrad(parameter: dg.Tensor) {
  parameter.grad?.dispose();
  parameter.grad = null;
}

describe("a recording", () => {
  it("replaces gradients and leaves live ones alone", () => {
    useWasm();
    const w = dg.tensor([1, 2]).requireGrad();
    const x = dg.tensor([3, 4]);
    const recording = dg.recordStep(() => w.mul(x).sum().backward());
    expect([...w.grad!.dataSync()]).toEqual([3, 4]);
    dg.tidy(() => w.mul(x).sum().backward()); // adds, in memory of its own
    expect([...w.grad!.dataSync()]).toEqual([6, 8]);
    x.set([5, 6]);
    recording.replay();
    expect([...w.grad!.dataSync()]).toEqual([5, 6]);
    recording.dispose();
    expect([...w.grad!.dataSync()]).toEqual([5, 6]);
  });

  it("sums the gradients of several passes inside the step, each time anew", () => {
    useWasm();
    const w = dg.tensor([1, 2]).requireGrad();
    const [x, y] = [dg.tensor([3, 4]), dg.tensor([10, 20])];
    const recording = dg.recordStep(() => {
      w.mul(x).sum().backward();
      w.mul(y).sum().backward();
    });
    x.set([1, 1]);
    for (let i = 0; i < 3; i++) recording.replay();
    expect([...w.grad!.dataSync()]).toEqual([11, 21]);
    recording.dispose();
  });

  it("writes constants of the step anew, even if they were changed in place", () => {
    useWasm();
    const w = dg.tensor([1, 2]).requireGrad();
    const recording = dg.recordStep(() => w.reshape([2]).backward({ gradient: dg.tensor([3, 4]) }));
    w.grad!.set([0, 0]);
    recording.replay();
    expect([...w.grad!.dataSync()]).toEqual([3, 4]);
    recording.dispose();
  });

  it("keeps tensors that the step read from other use when they are disposed of", () => {
    const heap = useWasm();
    const start = heap.liveBytes;
    const x = dg.tensor([1, 2, 3, 4]);
    const recording = dg.recordStep(() => x.mul(2));
    x.dispose();
    const others = Array.from({ length: 8 }, () => dg.tensor([9, 9, 9, 9]));
    recording.replay();
    expect([...recording.result.dataSync()]).toEqual([2, 4, 6, 8]);
    for (const other of others) {
      expect([...other.dataSync()]).toEqual([9, 9, 9, 9]);
      other.dispose();
    }
    recording.dispose();
    expect(heap.liveBytes).toBe(start);
  });

  it("outlives the scope it was made in, and gives memory back when recordings overlap", () => {
    const heap = useWasm();
    const x = dg.tensor([1, 2]);
    const start = heap.liveBytes;
    const record = () => dg.tidy(() => dg.recordStep(() => x.mul(2).add(1)));
    let last = record();
    const sizes: number[] = [];
    for (let i = 0; i < 6; i++) {
      const next = record();
      last.dispose();
      last = next;
      sizes.push(heap.liveBytes);
    }
    expect(new Set(sizes.slice(1)).size).toBe(1);
    x.set([5, 6]);
    last.replay();
    expect([...last.result.dataSync()]).toEqual([11, 13]);
    last.dispose();
    expect(heap.liveBytes).toBe(start);
  });

  it("updates running statistics as live steps do", () => {
    useWasm();
    const norms = [new dg.nn.BatchNorm(3), new dg.nn.BatchNorm(3)] as const;
    const x = dg.randn([4, 3, 2, 2]);
    const recording = dg.recordStep(() => norms[0].forward(x));
    dg.tidy(() => norms[1].forward(x));
    recording.replay();
    dg.tidy(() => norms[1].forward(x));
    const [a, b] = norms.map(({ runningVar }) => [...runningVar.dataSync()]);
    expect(a).toEqual(b);
    recording.dispose();
  });

  it.skipIf(missingBlas)(
    `replays products of a library${missingBlas ? `: ${missingBlas}` : ""}`,
    () => {
      const make = () => use(dg.createBlasBackend({ threads: 1, minimumWork: 1 }));
      make();
      const live = train(gpt(), false);
      make();
      expect(train(gpt(), true)).toEqual(live);
    },
  );
});

describe("recordStep refuses", () => {
  let heap: ReturnType<typeof useWasm>;
  let x: dg.Tensor;
  let other: dg.Tensor;
  beforeEach(() => {
    use(dg.createJsBackend());
    other = dg.tensor([1]);
    heap = useWasm();
    x = dg.tensor([1, 2, 3, 4], { shape: [2, 2] });
  });

  const refused: Record<string, [message: RegExp, step: () => unknown]> = {
    "reading data": [/reading a tensor/, () => x.mul(2).dataSync()],
    "reading a number": [/reading a tensor/, () => x.sum().itemSync()],
    "random numbers": [/kernel randomNormal/, () => dg.randn([2])],
    dropout: [/kernel dropout/, () => dg.dropout(x, 0.5)],
    "writing to a tensor made before": [
      /set\(\) of a tensor made before/,
      () => x.set([1, 1, 1, 1]),
    ],
    "grouped products": [
      /groups of rows/,
      () => dg.groupedLinear(x, dg.ones([1, 2, 2]), dg.tensor(Int32Array.of(0, 2))),
    ],
    "another recording": [/inside a recording/, () => dg.recordStep(() => x.mul(2))],
    "an asynchronous step": [/synchronous/, async () => x.mul(2)],
    "another backend": [/tensors on js/, () => other.mul(2)],
  };
  it.each(Object.entries(refused))("%s", (_, [message, step]) => {
    const start = heap.liveBytes;
    const { code, message: text } = thrownBy(() => dg.recordStep(step));
    expect(code).toBe("ERR_BACKEND");
    expect(text).toMatch(message);
    expect(heap.liveBytes).toBe(start);
    expect([...dg.recordStep(() => x.mul(2)).result.dataSync()]).toEqual([2, 4, 6, 8]);
  });

  it("steps of optimisers", () => {
    x.requireGrad();
    for (const optimizer of [new dg.optim.AdamW([x]), new dg.optim.SGD([x])]) {
      const step = () => {
        x.sum().backward();
        optimizer.step();
      };
      expect(thrownBy(() => dg.recordStep(step)).code).toBe("ERR_BACKEND");
      optimizer.zeroGrad();
    }
  });

  it("a replay inside a recording, and one that was disposed of", () => {
    const recording = dg.recordStep(() => x.mul(2));
    expect(thrownBy(() => dg.recordStep(() => recording.replay())).code).toBe("ERR_BACKEND");
    recording.dispose();
    recording.dispose();
    expect(thrownBy(() => recording.replay()).code).toBe("ERR_DISPOSED");
  });

  it("a step that would add to gradients", () => {
    x.requireGrad();
    dg.tidy(() => x.sum().backward());
    expect(thrownBy(() => dg.recordStep(() => x.sum().backward())).code).toBe("ERR_AUTOGRAD");
  });

  it("to hand a gradient to a leaf that was disposed of", () => {
    x.requireGrad();
    const recording = dg.recordStep(() => x.sum().backward());
    x.dispose();
    expect(thrownBy(() => recording.replay()).code).toBe("ERR_DISPOSED");
  });

  it("backends that cannot record", () => {
    use(dg.createJsBackend());
    expect(thrownBy(() => dg.recordStep(() => dg.ones([2]))).code).toBe("ERR_BACKEND");
  });
});

describe("a replay fails, and later ones do not, when", () => {
  const image = (value: number) => new Array<number>(2 * 8 * 8 * 8).fill(value);
  const cases: Record<
    string,
    () => { x: dg.Tensor; good: number[]; bad: number[]; step(): dg.Tensor }
  > = {
    "an id is out of range": () => {
      const [x, table] = [dg.tensor(Int32Array.of(0, 1)), dg.ones([3, 2])];
      return { x, good: [2, 1], bad: [2, 3], step: () => dg.embedding(table, x) };
    },
    "a target is not a class": () => {
      const [x, logits] = [dg.tensor(Int32Array.of(0, 1)), dg.ones([2, 3])];
      return { x, good: [2, 1], bad: [2, 5], step: () => dg.crossEntropy(logits, x) };
    },
    "topk meets NaN": () => {
      const x = dg.tensor([1, 2, 3]);
      return { x, good: [3, 1, 2], bad: [1, Number.NaN, 2], step: () => dg.topk(x, 2).values };
    },
    "argmax meets NaN": () => {
      const x = dg.tensor([1, 2, 3]);
      return { x, good: [3, 1, 2], bad: [1, Number.NaN, 2], step: () => dg.argmax(x) };
    },
    "a convolution by tiles meets infinity": () => {
      const [x, weight] = [dg.ones([2, 8, 8, 8]), dg.ones([8, 8, 3, 3])];
      const step = () => dg.conv2d(x, weight, null, { padding: 1 });
      return { x, good: image(2), bad: image(Number.POSITIVE_INFINITY), step };
    },
  };
  it.each(Object.entries(cases))("%s", (_, make) => {
    useWasm();
    const { x, good, bad, step } = make();
    const recording = dg.recordStep(step);
    x.set(bad);
    expect(thrownBy(() => recording.replay()).code).toBe("ERR_RANGE");
    x.set(good);
    recording.replay();
    expect(recording.result.dataSync()).toEqual(dg.tidy(step).dataSync());
    recording.dispose();
  });
});
