import { beforeEach, describe, expect, it } from "vitest";
import { secureClient } from "../../../src/federation/secure";
import type { FitTask, FitUpdate, LocalTrain } from "../../support/all";

/** A round of secure aggregation by hand, so that each request can be changed. */
const ids = ["a", "b", "c"];
const w = (...values: number[]) =>
  new Map([["w", { shape: [values.length], data: Float32Array.from(values) }]]);
const base = { round: 0, seed: 0, params: w(0, 0), groups: new Map() };
const secure = { groups: {}, maxSamples: 0, clip: 8, levels: 2 ** 22 };

let trainings = 0;
const train: LocalTrain = ({ config }) => {
  trainings++;
  const { shift = 0 } = config as { shift?: number };
  if (shift === 99) throw new Error("out of memory");
  return { params: w(1 + shift, 2), numSamples: 1 };
};

/** A round in which all clients have shared their secrets. */
async function sharedRound() {
  const clients = new Map(ids.map((id) => [id, secureClient(train)]));
  const ask = async (
    clientId: string,
    kind: string,
    config: FitTask["config"] = {},
    blobs: FitTask["blobs"] = new Map(),
  ): Promise<FitUpdate> =>
    clients.get(clientId)!(
      { ...base, clientId, kind, config: { attempt: "1", ...config }, blobs },
      {},
    );
  const keys = new Map<string, Uint8Array>();
  for (const id of ids)
    for (const [name, key] of (await ask(id, "secure-keys")).blobs!) keys.set(`${id}/${name}`, key);
  const shares = new Map<string, FitUpdate>();
  for (const id of ids)
    shares.set(id, await ask(id, "secure-shares", { clients: ids, threshold: 2 }, keys));
  const boxesFor = (id: string) =>
    new Map(
      ids
        .filter((other) => other !== id)
        .map((other) => [`from/${other}`, shares.get(other)!.blobs!.get(id)!]),
    );
  const fit = (id: string, config: FitTask["config"] = {}) =>
    ask(id, "secure-fit", { secure, ...config }, boxesFor(id));
  return { ask, keys, fit };
}

const refused = (problem: RegExp) =>
  expect.objectContaining({ code: "ERR_SECURE", message: expect.stringMatching(problem) });

beforeEach(() => {
  trainings = 0;
});

describe("secureClient", () => {
  it("gives one masked update per attempt: another request for one is refused, the same one gets the same bytes", async () => {
    const { fit } = await sharedRound();
    const first = await fit("a");
    await expect(fit("a", { shift: 1 })).rejects.toEqual(refused(/asked for twice/));
    expect(await fit("a")).toEqual(first);
    expect(trainings).toBe(1);
  });

  it("does not give way to two different requests at once", async () => {
    const { fit } = await sharedRound();
    const both = await Promise.allSettled([fit("a"), fit("a", { shift: 1 })]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("tries the same request again where training failed, and no other", async () => {
    const { fit } = await sharedRound();
    await expect(fit("a", { shift: 99 })).rejects.toThrow("out of memory");
    await expect(fit("a")).rejects.toEqual(refused(/asked for twice/));
    await expect(fit("a", { shift: 99 })).rejects.toThrow("out of memory");
    expect(trainings).toBe(2);
  });

  it("counts as survivors only clients whose shares it has, each once, itself among them", async () => {
    const { ask, fit } = await sharedRound();
    for (const [survivors, problem] of [
      [["a", "ghost"], /ghost shared no secrets/],
      [["a", "a"], /each client once/],
      [["b", "c"], /must include this client/],
      [["a"], /fewer survivors/],
      ["abc", /list of names/],
      [[1, 2], /list of names/],
    ] as const) {
      const { ask: askAgain, fit: fitAgain } = await sharedRound();
      await fitAgain("a");
      await expect(
        askAgain("a", "secure-unmask", { survivors: survivors as never }),
      ).rejects.toEqual(refused(problem));
    }
    await fit("a");
    const { blobs } = await ask("a", "secure-unmask", { survivors: ["a", "b"] });
    expect([...blobs!.keys()].sort()).toEqual(["key/c", "seed/a", "seed/b"]);
    await expect(ask("a", "secure-unmask", { survivors: ["a", "c"] })).rejects.toEqual(
      refused(/asked for twice/),
    );
  });

  it("shares its secrets once, with one list and one threshold", async () => {
    const { ask, keys } = await sharedRound();
    for (const config of [
      { clients: ids, threshold: 3 },
      { clients: ["a", "b"], threshold: 2 },
    ])
      await expect(ask("a", "secure-shares", config, keys)).rejects.toEqual(
        refused(/asked for twice/),
      );
  });

  it("takes phases in order alone", async () => {
    const { ask } = await sharedRound();
    await expect(ask("a", "secure-unmask", { survivors: ids })).rejects.toEqual(
      refused(/secure-unmask was asked for before secure-fit/),
    );
    await expect(ask("a", "secure-fit", { attempt: "2", secure })).rejects.toEqual(
      refused(/has no keys for the round/),
    );
  });

  it("refuses shares from clients without keys, and from too few", async () => {
    for (const [blobs, problem] of [
      [new Map([["from/ghost", new Uint8Array(94)]]), /ghost offered no keys/],
      [new Map(), /fewer clients than the threshold/],
    ] as const) {
      const { ask } = await sharedRound();
      await expect(ask("a", "secure-fit", { secure }, blobs)).rejects.toEqual(refused(problem));
    }
  });
});
