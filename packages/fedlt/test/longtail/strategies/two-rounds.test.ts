/** @file Two rounds of two clients, against the papers' algorithms in plain loops over numbers. */
import { describe, expect, it } from "vitest";
import {
  createClassifier,
  createTrainer,
  type Dataset,
  ditto,
  fedDyn,
  finishFederation,
  flatten,
  inProcessTransport,
  memoryPersonalModels,
  mlpEncoder,
  moon,
  type PersonalModels,
  type ReadonlyTensors,
  type Strategy,
} from "../../support/all";

const encoder = mlpEncoder([2, 2], { activation: "tanh" });
const rows: Record<string, Dataset> = {
  a: { inputs: Float32Array.of(1, 0.5, -1, 2, 0.25, -0.5), labels: Int32Array.of(0, 1, 1) },
  b: { inputs: Float32Array.of(-2, 1, 1.5, -1), labels: Int32Array.of(0, 1) },
} as never;
for (const data of Object.values(rows)) Object.assign(data, { width: 2, classes: 2 });
const clients = ["a", "b"];
/** One batch per epoch, so that a round is two steps of plain descent. */
const local = { lr: 0.3, momentum: 0, epochs: 2, batchSize: 8, clip: null };
const initial = () => createClassifier(encoder, { classes: 2, seed: 3 });

const run = async (strategy: Strategy, personal?: PersonalModels) =>
  (
    await finishFederation({
      transport: inProcessTransport({
        clients,
        train: createTrainer({ encoder, data: (id) => rows[id]!, personal }),
      }),
      strategy,
      initial: await initial(),
      rounds: 2,
    })
  ).state;

type Vector = readonly number[];
const numbers = (params: ReadonlyTensors): Vector => [...flatten(params)];

/** tanh(Wx + b); the vector is W, b, V, c in this order. */
const featuresOf = (t: Vector, [x, y]: readonly [number, number]) =>
  [0, 1].map((j) => Math.tanh(t[2 * j]! * x + t[2 * j + 1]! * y + t[4 + j]!));

const points = (id: string) =>
  [...rows[id]!.labels].map((label, i) => {
    const { inputs } = rows[id]!;
    return { label, x: [inputs[2 * i]!, inputs[2 * i + 1]!] as const };
  });

/** The mean cross-entropy of a client's rows. */
function crossEntropy(id: string, t: Vector): number {
  let sum = 0;
  const all = points(id);
  for (const { label, x } of all) {
    const z = featuresOf(t, x);
    const [u, v] = [0, 1].map((c) => t[6 + 2 * c]! * z[0]! + t[7 + 2 * c]! * z[1]! + t[10 + c]!);
    sum += Math.log(Math.exp(u!) + Math.exp(v!)) - [u!, v!][label]!;
  }
  return sum / all.length;
}

/** Descent along central differences. */
function descend(loss: (t: Vector) => number, from: Vector): Vector {
  let t = [...from];
  for (let step = 0; step < local.epochs; step++) {
    const gradient = t.map((_, i) => {
      const at = (shift: number) => loss(t.map((value, j) => (i === j ? value + shift : value)));
      return (at(1e-5) - at(-1e-5)) / 2e-5;
    });
    t = t.map((value, i) => value - local.lr * gradient[i]!);
  }
  return t;
}

const dot = (a: Vector, b: Vector) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const minus = (a: Vector, b: Vector) => a.map((x, i) => x - b[i]!);
/** 3 rows of a, 2 of b. */
const weighted = ([a, b]: readonly Vector[]) => a!.map((x, i) => (3 * x + 2 * b![i]!) / 5);
const closeTo = { rtol: 0, atol: 1e-6 };

describe("two rounds of two clients by hand", () => {
  it("Ditto", async () => {
    const lambda = 0.7;
    const place = memoryPersonalModels();
    const state = await run(ditto({ local, lambda }), place);
    let shared = numbers(await initial());
    let personal = [shared, shared];
    for (let round = 0; round < 2; round++) {
      const received = shared;
      personal = clients.map((id, k) =>
        descend((t) => {
          const change = minus(t, received);
          return crossEntropy(id, t) + (lambda / 2) * dot(change, change);
        }, personal[k]!),
      );
      shared = weighted(clients.map((id) => descend((t) => crossEntropy(id, t), received)));
    }
    expect(flatten(state.params)).toBeAllclose(shared, closeTo);
    for (const [k, id] of clients.entries())
      expect(flatten((await place.load(id))!.after)).toBeAllclose(personal[k]!, closeTo);
  });

  it("FedDyn", async () => {
    const alpha = 0.4;
    const state = await run(fedDyn({ local, alpha }));
    let shared = numbers(await initial());
    let h: Vector = shared.map(() => 0);
    const gradients = [h, h];
    for (let round = 0; round < 2; round++) {
      const trained = clients.map((id, k) =>
        descend((t) => {
          const change = minus(t, shared);
          return crossEntropy(id, t) - dot(gradients[k]!, t) + (alpha / 2) * dot(change, change);
        }, shared),
      );
      const changes = trained.map((t) => minus(t, shared));
      changes.forEach((change, k) => {
        gradients[k] = minus(
          gradients[k]!,
          change.map((x) => alpha * x),
        );
      });
      h = h.map((x, i) => x - (alpha * (changes[0]![i]! + changes[1]![i]!)) / 2);
      shared = h.map((x, i) => (trained[0]![i]! + trained[1]![i]!) / 2 - x / alpha);
    }
    expect(flatten(state.params)).toBeAllclose(shared, closeTo);
    expect(flatten(state.groups.get("h")!)).toBeAllclose(h, closeTo);
    clients.forEach((id, k) => {
      expect(flatten(state.groups.get(`gradient/${id}`)!)).toBeAllclose(gradients[k]!, closeTo);
    });
  });

  it("MOON", async () => {
    const [weight, temperature] = [2, 0.5];
    const state = await run(moon({ local, weight, temperature }));
    const cosine = (a: Vector, b: Vector) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    const contrast = (id: string, t: Vector, shared: Vector, last: Vector) => {
      const all = points(id).map(({ x }) => {
        const z = featuresOf(t, x);
        const near = Math.exp(cosine(z, featuresOf(shared, x)) / temperature);
        const far = Math.exp(cosine(z, featuresOf(last, x)) / temperature);
        return -Math.log(near / (near + far));
      });
      return all.reduce((sum, x) => sum + x, 0) / all.length;
    };
    let shared = numbers(await initial());
    let last = [shared, shared]; // before its first round, a client has the first model
    for (let round = 0; round < 2; round++) {
      last = clients.map((id, k) =>
        descend((t) => crossEntropy(id, t) + weight * contrast(id, t, shared, last[k]!), shared),
      );
      shared = weighted(last);
    }
    expect(flatten(state.params)).toBeAllclose(shared, closeTo);
    clients.forEach((id, k) => {
      expect(flatten(state.groups.get(`local/${id}`)!)).toBeAllclose(last[k]!, closeTo);
    });
  });
});
