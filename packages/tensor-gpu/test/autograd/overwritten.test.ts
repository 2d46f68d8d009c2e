import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Backend,
  checkpoint,
  combineExperts,
  copy_,
  createBlasBackend,
  createJsBackend,
  createWasmBackend,
  crossEntropy,
  csrFromEdges,
  dispatch,
  embedding,
  fill_,
  gather,
  groupedLinear,
  indexSelect,
  inference,
  linear,
  matmul,
  mul,
  nn,
  ones,
  optim,
  planExperts,
  recordStep,
  rope,
  scatter,
  scatterAdd,
  segmentSoftmax,
  segmentSum,
  setBackend,
  type Tensor,
  tensor,
  zeros,
} from "../../src";
import { missingBlas } from "../support/missing-blas";
import { thrownBy } from "../support/thrown-by";

const backends: [string, () => Backend][] = [
  ["js", createJsBackend],
  ["wasm", () => createWasmBackend({ threads: 1 })],
  ["wasm on two threads", () => createWasmBackend({ threads: 2 })],
];
if (!missingBlas) backends.push(["blas", () => createBlasBackend({ threads: 1 })]);

const ids = (...values: number[]) => tensor(Int32Array.from(values));
const leaf = (...shape: number[]) => ones(shape).requireGrad();

/** The result of an operator, and a tensor that its gradient is computed from, with the operator's name. */
type Case = () => { y: Tensor; saved: Tensor; op: string };

const index: Record<string, Case> = {
  groupedLinear: () => {
    const offsets = ids(0, 2, 4);
    const y = groupedLinear(leaf(4, 3), leaf(2, 5, 3), offsets);
    return { y, saved: offsets, op: "groupedLinear" };
  },
  scatter: () => {
    const at = tensor(Int32Array.of(0, 2), { shape: [2, 1] });
    return { y: scatter(leaf(2, 3), 1, at, ones([2, 1])), saved: at, op: "scatter" };
  },
  scatterAdd: () => {
    const at = tensor(Int32Array.of(0, 2), { shape: [2, 1] });
    return { y: scatterAdd(ones([2, 3]), 1, at, leaf(2, 1)), saved: at, op: "scatterAdd" };
  },
  embedding: () => {
    const at = ids(0, 2);
    return { y: embedding(leaf(3, 2), at), saved: at, op: "embedding" };
  },
  gather: () => {
    const at = tensor(Int32Array.of(0, 2), { shape: [2, 1] });
    return { y: gather(leaf(2, 3), 1, at), saved: at, op: "gather" };
  },
  indexSelect: () => {
    const at = ids(0, 2);
    return { y: indexSelect(leaf(3, 2), 0, at), saved: at, op: "indexSelect" };
  },
  crossEntropy: () => {
    const targets = ids(0, 2);
    return { y: crossEntropy(leaf(2, 3), targets), saved: targets, op: "crossEntropy" };
  },
  rope: () => {
    const at = tensor(Int32Array.of(0, 1), { shape: [1, 2] });
    return { y: rope(leaf(1, 2, 1, 4), ones([3, 2]), ones([3, 2]), at), saved: at, op: "rope" };
  },
  dispatch: () => {
    const plan = planExperts(tensor(Int32Array.of(0, 1), { shape: [2, 1] }), 2);
    return { y: dispatch(leaf(2, 3), plan), saved: plan.inverse, op: "dispatch" };
  },
  combineExperts: () => {
    const plan = planExperts(tensor(Int32Array.of(0, 1), { shape: [2, 1] }), 2);
    return { y: combineExperts(leaf(2, 3), ones([2, 1]), plan), saved: plan.order, op: "combine" };
  },
  segmentSum: () => {
    const csr = csrFromEdges([0, 1], [1, 0], 2, 2);
    return { y: segmentSum(leaf(2, 3), csr), saved: csr.transposed.indices, op: "segmentSum" };
  },
  segmentSoftmax: () => {
    const csr = csrFromEdges([0, 1], [1, 0], 2, 2);
    return { y: segmentSoftmax(leaf(2, 1), csr), saved: csr.offsets, op: "segmentSoftmax" };
  },
};

const float: Record<string, Case> = {
  mul: () => {
    const w = ones([3]);
    return { y: mul(leaf(3), w), saved: w, op: "mul" };
  },
  matmul: () => {
    const w = ones([3, 2]);
    return { y: matmul(leaf(2, 3), w), saved: w, op: "matmul" };
  },
  "a view of linear's weight": () => {
    const w = ones([2, 3]);
    return { y: linear(leaf(2, 3), w), saved: w.select(0, 1), op: "linear" };
  },
  "the result of exp": () => {
    const y = leaf(3).exp();
    return { y: y.sum(), saved: y.detach(), op: "exp" };
  },
};

describe.each(backends)(
  "a saved tensor that is overwritten before backward, on %s",
  (_, create) => {
    let backend: Backend;
    beforeEach(() => {
      backend = setBackend(create());
    });
    afterEach(() => backend.dispose());

    const refused = (op: string) => ({
      code: "ERR_AUTOGRAD",
      message: expect.stringContaining(`${op} needs a`),
      fields: expect.objectContaining({ op }),
    });

    it.each(Object.entries({ ...index, ...float }))("is refused: %s", (_, make) => {
      const { y, saved, op } = make();
      const guards = Array.from({ length: 6 }, () => ones([64]));
      copy_(saved, fill_(zeros(saved.shape, { dtype: saved.dtype as "int32" }), 30));
      expect(thrownBy(() => y.sum().backward())).toMatchObject(refused(op));
      for (const guard of guards) expect(guard.sum().itemSync()).toBe(64);
    });

    it("is refused whatever overwrites it", () => {
      const writers: Record<string, (w: Tensor) => void> = {
        set: (w) => w.set([1, 2, 3, 4]),
        fill_: (w) => w.fill_(2),
        copy_: (w) => w.copy_(zeros([2, 2])),
        uniform_: (w) => w.uniform_(),
        normal_: (w) => w.normal_(),
        scaleInto: (w) => inference.scaleInto(w, 2),
        linearInto: (w) => inference.linearInto(w, ones([2, 2]), ones([2, 2])),
        ...Object.fromEntries(
          ([optim.SGD, optim.AdamW, optim.Adam, optim.RMSprop, optim.Adagrad] as const).map(
            (Optimiser) => [
              Optimiser.name,
              (w: Tensor) => {
                w.grad = ones([2, 2]);
                new Optimiser([w], { lr: 0.5 }).step();
              },
            ],
          ),
        ),
      };
      for (const [name, write] of Object.entries(writers)) {
        const w = leaf(2, 2);
        const y = mul(leaf(2, 2), w).sum();
        write(w);
        expect([name, thrownBy(() => y.backward())]).toMatchObject([name, refused("mul")]);
      }
    });

    it("is refused where a checkpointed function would read it again", () => {
      const [x, w] = [leaf(2), leaf(2)];
      const y = checkpoint((a) => a.mul(w), [x], [w]).sum();
      w.fill_(3);
      expect(thrownBy(() => y.backward())).toMatchObject(refused("checkpoint"));
    });

    it("is allowed where no gradient is computed from it", () => {
      const [x, w] = [ones([3]), leaf(3)];
      const y = mul(x, w).sum(); // dw is computed from x alone
      w.fill_(9);
      y.backward();
      expect([...w.grad!.dataSync()]).toEqual([1, 1, 1]);

      const input = leaf(3);
      const z = input.exp().sum(); // from the result alone
      input.fill_(9);
      z.backward();
      expect(input.grad!.dataSync()[0]).toBeCloseTo(Math.E, 5);

      const offset = ones([3]);
      const sum = leaf(3).add(offset).neg().sum();
      offset.fill_(2);
      sum.backward();
    });

    it("is allowed after backward, and between the uses of a copy", () => {
      const norm = new nn.BatchNorm(2);
      for (let i = 0; i < 2; i++) norm.forward(leaf(3, 2)).sum().backward(); // statistics change after each
      const w = leaf(2);
      const sgd = new optim.SGD([w], { lr: 0.1 });
      for (let i = 0; i < 3; i++) {
        mul(w, w.detach().clone()).sum().backward();
        sgd.step();
        sgd.zeroGrad();
      }
      expect(w.dataSync()[0]).toBeCloseTo(0.9 ** 3, 5);
    });
  },
);

describe("a recorded step", () => {
  beforeEach(() => {
    setBackend("wasm");
  });

  it("refuses what it overwrites before its backward pass", () => {
    const [x, w] = [leaf(2), ones([2])];
    const step = () => {
      const y = mul(x, w).sum();
      fill_(w, 2);
      y.backward();
    };
    expect(thrownBy(() => recordStep(step))).toMatchObject({ code: "ERR_AUTOGRAD" });
  });

  it("overwrites its results and what it writes in place with each replay", () => {
    const [x, buffer] = [ones([2]), zeros([2])];
    const recording = recordStep(() => {
      const y = x.mul(2);
      copy_(buffer, y);
      return y;
    });
    for (const written of [recording.result, buffer]) {
      const y = mul(leaf(2), written).sum();
      recording.replay();
      expect(thrownBy(() => y.backward())).toMatchObject({ code: "ERR_AUTOGRAD" });
    }
    const launches = inference.recordLaunches(x, () => inference.scaleInto(buffer, 1))!;
    const y = mul(leaf(2), buffer).sum();
    launches.replay();
    expect(thrownBy(() => y.backward())).toMatchObject({ code: "ERR_AUTOGRAD" });
    launches.dispose();
    recording.dispose();
  });

  it("trains with replays as before", () => {
    const [x, w] = [ones([2]), leaf(2)];
    const sgd = new optim.SGD([w], { lr: 0.25 });
    const recording = recordStep(() => mul(x, w).sum().backward());
    for (let i = 0; i < 3; i++) {
      x.set([i, 1]);
      recording.replay();
      sgd.step();
    }
    expect([...w.dataSync()]).toEqual([1 - 0.25 * 3, 1 - 0.25 * 3]);
    recording.dispose();
  });
});

describe("linear with no outputs", () => {
  it.each([[[2, 11]], [[3, 2, 11]], [[0, 11]]])("has gradients of zeros, x %j", (shape) => {
    setBackend("wasm");
    const [x, w, b] = [ones(shape).requireGrad(), zeros([0, 11]).requireGrad(), leaf(0)];
    const y = linear(x, w, b);
    expect(y.shape).toEqual([...shape.slice(0, -1), 0]);
    y.sum().backward();
    expect(x.grad!.shape).toEqual(shape);
    expect(x.grad!.sum().itemSync()).toBe(0);
    expect([w.grad!.shape, b.grad!.shape]).toEqual([[0, 11], [0]]);
  });

  it("gives the bias where there are no inputs, also for many rows", () => {
    setBackend("wasm");
    const y = linear(ones([2, 3, 0]), ones([2, 0]), tensor([4, 5]));
    expect(y.sum().itemSync()).toBe(6 * 9);
  });
});
