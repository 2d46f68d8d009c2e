import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { secureAggregation, secureClient } from "../../../src/federation/secure";
import {
  addMask,
  createKeyPair,
  seal,
  secureBytes,
  sharedKey,
  unseal,
} from "../../../src/federation/secure/masks";
import { dequantise, quantise } from "../../../src/federation/secure/quantise";
import {
  dpFedAvg,
  type FederationOptions,
  type FitTask,
  type FitUpdate,
  fedAvg,
  finishFederation,
  flatten,
  inProcessTransport,
  krum,
  type LocalTrain,
  logitAdjustment,
  memoryJournal,
  redGrape,
  scaffold,
  type Transport,
  trimmedMean,
} from "../../support/all";
import { toyClients, toyInitial, toyLocal, toyTrain } from "../../support/toy";

/** Clients of the toy federation behind secure aggregation, and everything that the coordinator got. */
function secureToy(drop: (task: FitTask) => boolean = () => false) {
  const seen: { task: FitTask; update: FitUpdate }[] = [];
  const plain: FitUpdate[] = [];
  const train = secureClient(async (task, options) => {
    const update = await toyTrain(task, options);
    plain.push(update);
    return update;
  });
  const lossy: LocalTrain = (task, options) => {
    if (drop(task)) throw new Error("gone");
    return train(task, options);
  };
  const inner = inProcessTransport({ clients: toyClients, train: lossy });
  const transport: Transport = {
    ...inner,
    send: async (clientId, task, options) => {
      const delivery = await inner.send(clientId, task, options);
      seen.push({ task, update: delivery.update });
      return delivery;
    },
  };
  return { transport, seen, plain };
}

const common = async (): Promise<Omit<FederationOptions, "transport">> => ({
  strategy: redGrape({ local: toyLocal, threshold: 4 }),
  initial: await toyInitial(),
  rounds: 2,
  seed: 5,
});

const collector = secureAggregation({ maxSamples: 64 });

describe("secureAggregation", () => {
  it.each([
    ["RedGrape", redGrape({ local: toyLocal, threshold: 4 })],
    ["logit adjustment", logitAdjustment({ local: toyLocal })],
    ["FedAvg", fedAvg({ local: toyLocal })],
  ])(
    "gives the model of %s to within rounding, prototypes and counts included",
    async (_name, strategy) => {
      const options = { ...(await common()), strategy };
      const { state, counts } = await finishFederation({
        ...options,
        transport: secureToy().transport,
        collector,
      });
      const open = await finishFederation({
        ...options,
        transport: inProcessTransport({ clients: toyClients, train: toyTrain }),
      });
      expect(flatten(state.params)).toBeAllclose(flatten(open.state.params), {
        rtol: 0,
        atol: 1e-4,
      });
      expect([...state.groups.keys()].sort()).toEqual([...open.state.groups.keys()].sort());
      for (const [group, tensors] of open.state.groups)
        expect(flatten(state.groups.get(group)!)).toBeAllclose(flatten(tensors), {
          rtol: 0,
          atol: 1e-3,
        });
      expect(counts).toMatchObject({ accepted: 8, failed: 0 });
    },
  );

  it("lets the clipping norm of DP-FedAvg follow its clients, as in the open", async () => {
    const strategy = dpFedAvg({
      local: toyLocal,
      clipNorm: 0.9,
      noiseMultiplier: 0,
      samplingRate: 1,
      population: 4,
      adaptiveClip: { countNoise: 0 },
    });
    const options = { ...(await common()), strategy };
    const { state } = await finishFederation({
      ...options,
      transport: secureToy().transport,
      collector,
    });
    const transport = inProcessTransport({ clients: toyClients, train: toyTrain });
    const open = (await finishFederation({ ...options, transport })).state;
    expect(state.values["clip-norm"]).not.toBe(0.9);
    expect(state.values["clip-norm"]).toBeCloseTo(Number(open.values["clip-norm"]), 4);
    expect(flatten(state.params)).toBeAllclose(flatten(open.params), { rtol: 0, atol: 1e-4 });
  });

  it("lets the coordinator see masked numbers alone", async () => {
    const journal = memoryJournal();
    const { transport, seen, plain } = secureToy();
    await finishFederation({ ...(await common()), rounds: 1, transport, collector, journal });
    for (const { update } of seen)
      expect([update.params.size, update.groups, update.numSamples]).toEqual([0, undefined, 1]);
    const masked = seen
      .filter(({ task }) => task.kind === "secure-fit")
      .map(({ update }) => new Uint32Array(update.blobs!.get("masked")!.slice().buffer));
    expect(masked).toHaveLength(4);
    for (const [k, numbers] of masked.entries()) {
      // Unmasked, all numbers lie below 2^22 and the first is the sample count, 32.
      expect(numbers.filter((n) => n <= 2 ** 22).length).toBeLessThan(numbers.length / 50);
      expect(numbers[0]).not.toBe(plain[k]!.numSamples);
      expect(numbers.reduce((sum, n) => sum + n / 2 ** 32, 0) / numbers.length).toBeCloseTo(0.5, 0);
    }
    expect(journal.accepted).toEqual(
      toyClients.map((clientId) => ({ round: 0, clientId, numSamples: 0, checksum: "" })),
    );
  });

  it.each([
    ["before it shares its secrets", "secure-shares", ["a", "b", "c"]],
    ["before it sends its update", "secure-fit", ["a", "b", "c"]],
    ["after its update, before the masks are lifted", "secure-unmask", ["a", "b", "c", "d"]],
  ] as const)("is right when a client drops out %s", async (_when, kind, counted) => {
    const options = { ...(await common()), rounds: 1 };
    const journal = memoryJournal();
    const { transport } = secureToy((task) => task.clientId === "d" && task.kind === kind);
    const { state } = await finishFederation({ ...options, transport, collector, journal });
    expect(journal.records[0]!.accepted.map(({ clientId }) => clientId)).toEqual(counted);
    const open = await finishFederation({
      ...options,
      transport: inProcessTransport({ clients: toyClients, train: toyTrain }),
      selectClients: () => counted,
    });
    expect(flatten(state.params)).toBeAllclose(flatten(open.state.params), { rtol: 0, atol: 1e-4 });
  });

  it("counts nobody when fewer than the threshold stay", async () => {
    const { transport } = secureToy(
      ({ clientId, kind }) => "cd".includes(clientId) && kind === "secure-unmask",
    );
    await expect(
      finishFederation({ ...(await common()), transport, collector }),
    ).rejects.toMatchObject({ code: "ERR_QUORUM" });
  });

  it("refuses strategies and aggregators that look at single updates", async () => {
    const { transport } = secureToy();
    const options = { ...(await common()), transport, collector };
    for (const strategy of [
      fedAvg({ aggregator: trimmedMean() }),
      fedAvg({ aggregator: krum({ byzantine: 0 }) }),
      scaffold(),
    ])
      await expect(finishFederation({ ...options, strategy })).rejects.toMatchObject({
        code: "ERR_SECURE",
      });
  });

  it("works with DP-FedAvg, which weighs all clients alike", async () => {
    const strategy = dpFedAvg({
      clipNorm: 0.5,
      noiseMultiplier: 0,
      samplingRate: 1,
      population: 4,
      local: toyLocal,
    });
    const options = { ...(await common()), strategy };
    const { state } = await finishFederation({
      ...options,
      transport: secureToy().transport,
      collector,
    });
    const open = await finishFederation({
      ...options,
      transport: inProcessTransport({ clients: toyClients, train: toyTrain }),
    });
    expect(flatten(state.params)).toBeAllclose(flatten(open.state.params), { rtol: 0, atol: 1e-4 });
  });

  it("refuses more samples than agreed", async () => {
    const messages: string[] = [];
    const run = finishFederation(
      {
        ...(await common()),
        transport: secureToy().transport,
        collector: secureAggregation({ maxSamples: 10 }),
      },
      { onEvent: (event) => event.type === "client-failed" && messages.push(event.message) },
    );
    await expect(run).rejects.toMatchObject({ code: "ERR_QUORUM" });
    expect(messages[0]).toBe(
      "fedlt/secure: numSamples must be an integer from 1 to maxSamples 10, got 32",
    );
  });
});

describe("secureClient", () => {
  const task = {
    round: 0,
    clientId: "a",
    seed: 0,
    params: new Map(),
    groups: new Map(),
    config: {},
  };

  it("refuses plain tasks, steps out of order and thresholds of half the clients", async () => {
    const train = secureClient(toyTrain);
    for (const kind of ["fit", "secure-fit", "secure-unmask"])
      await expect(train({ ...task, kind }, {})).rejects.toMatchObject({ code: "ERR_SECURE" });
    await train({ ...task, kind: "secure-keys" }, {});
    await expect(
      train({ ...task, kind: "secure-shares", config: { clients: ["a", "b"], threshold: 1 } }, {}),
    ).rejects.toMatchObject({ code: "ERR_SECURE" });
  });

  it("gives no shares for a second set of survivors", async () => {
    const { transport, seen } = secureToy();
    await finishFederation({ ...(await common()), rounds: 1, transport, collector });
    const { task: asked } = seen.find(
      ({ task }) => task.kind === "secure-unmask" && task.clientId === "a",
    )!;
    const again = transport.send("a", {
      ...asked,
      config: { ...asked.config, survivors: ["a", "b", "c"] },
    });
    await expect(again).rejects.toThrow("asked for twice with different contents");
  });
});

describe("masks and quantisation", () => {
  it("cancel within a pair, whatever the numbers", () => {
    const [alice, bob] = [createKeyPair(), createKeyPair()];
    const key = sharedKey(alice.secretKey, bob.publicKey, "x");
    expect(key).toEqual(sharedKey(bob.secretKey, alice.publicKey, "x"));
    expect(key).not.toEqual(sharedKey(bob.secretKey, alice.publicKey, "y"));
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 40 }),
        (numbers) => {
          const masked = Uint32Array.from(numbers);
          addMask(masked, key, 1);
          addMask(masked, key, -1);
          expect([...masked]).toEqual(numbers);
        },
      ),
    );
  });

  it("refuses shares that were changed or meant for another", () => {
    const key = secureBytes(32);
    const box = seal(key, Uint8Array.of(1, 2, 3), "to a");
    expect(unseal(key, box, "to a")).toEqual(Uint8Array.of(1, 2, 3));
    expect(() => unseal(key, box, "to b")).toThrow(expect.objectContaining({ code: "ERR_SECURE" }));
    box[15]! ^= 1;
    expect(() => unseal(key, box, "to a")).toThrow(expect.objectContaining({ code: "ERR_SECURE" }));
  });

  it("keeps sums to within half a step per client, and counts what it cuts off", () => {
    const settings = { clip: 8, levels: 2 ** 22 };
    const into = new Uint32Array(3);
    expect(quantise([0.123, -9, 8], 1, settings, into, 0)).toBe(1);
    expect(dequantise(into[0]! * 3, 3, settings) / 3).toBeCloseTo(0.123, 5);
    expect(dequantise(into[1]!, 1, settings)).toBe(-8);
    expect(() => quantise([Number.NaN], 1, settings, into, 0)).toThrow(
      expect.objectContaining({ code: "ERR_NOT_FINITE" }),
    );
  });
});
