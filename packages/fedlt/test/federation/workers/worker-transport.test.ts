import { Piscina } from "piscina";
import { describe, expect, it } from "vitest";
import { workerTransport } from "../../../src/federation/workers";
import { finishFederation, inProcessTransport, redGrape } from "../../support/all";
import { buildSupport } from "../../support/build";
import { toyClients, toyInitial, toyLocal, toyTrain } from "../../support/toy";

describe("workerTransport", () => {
  it("gives the same bits with 1, 2 and 4 threads as in one thread", async () => {
    const filename = await buildSupport("toy-worker");
    const options = {
      strategy: redGrape({ local: toyLocal, threshold: 4 }),
      initial: await toyInitial(),
      rounds: 3,
      seed: 5,
    };
    const alone = await finishFederation({
      ...options,
      transport: inProcessTransport({ clients: toyClients, train: toyTrain }),
    });
    for (const threads of [1, 2, 4]) {
      const pool = new Piscina({ filename, minThreads: threads, maxThreads: threads });
      const transport = workerTransport({ pool, clients: toyClients });
      const { state, counts } = await finishFederation({ ...options, transport });
      await pool.destroy();
      expect(state, `${threads} threads`).toEqual(alone.state);
      expect(counts).toEqual(alone.counts);
    }
  });

  it("hands over a client's error with its code, and refuses ids that come twice", async () => {
    const pool = new Piscina({ filename: await buildSupport("toy-worker"), maxThreads: 1 });
    const transport = workerTransport({ pool, clients: ["a"] });
    const task = {
      round: 0,
      clientId: "a",
      seed: 0,
      params: new Map(),
      groups: new Map(),
      config: {},
    };
    await expect(transport.send("a", task)).rejects.toMatchObject({
      code: "ERR_DATA",
      fields: { clientId: "a", code: "ERR_SHAPE" },
    });
    await expect(transport.send("z", task)).rejects.toMatchObject({ code: "ERR_TRANSPORT" });
    await pool.destroy();
    expect(() => workerTransport({ pool, clients: ["a", "a"] })).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT" }),
    );
  });
});
