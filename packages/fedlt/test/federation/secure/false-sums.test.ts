import { describe, expect, it } from "vitest";
import { secureAggregation, secureClient } from "../../../src/federation/secure";
import {
  fedAvg,
  finishFederation,
  inProcessTransport,
  type LocalTrain,
  memoryJournal,
} from "../../support/all";
import { toyClients, toyInitial, toyLocal, toyTrain } from "../../support/toy";

const collector = secureAggregation({ maxSamples: 64 });

/** A federation in which client d changes its masked numbers in the second round. */
async function withLiar(change: (numbers: Uint32Array) => void, onMissedQuorum?: "skip") {
  const honest = secureClient(toyTrain);
  const train: LocalTrain = async (task, options) => {
    const update = await honest(task, options);
    if (task.kind !== "secure-fit" || task.clientId !== "d" || task.round !== 1) return update;
    const masked = update.blobs!.get("masked")!.slice();
    change(new Uint32Array(masked.buffer));
    return { ...update, blobs: new Map([["masked", masked]]) };
  };
  const journal = memoryJournal();
  const failures: string[] = [];
  const run = finishFederation(
    {
      transport: inProcessTransport({ clients: toyClients, train }),
      strategy: fedAvg({ local: toyLocal }),
      initial: await toyInitial(),
      rounds: 2,
      seed: 5,
      collector,
      journal,
      onMissedQuorum,
    },
    { onEvent: (event) => event.type === "round-failed" && failures.push(event.message) },
  );
  return { run, journal, failures };
}

const lies: [string, (numbers: Uint32Array) => void][] = [
  ["a sample count of 0", (numbers) => numbers.set([(numbers[0]! - 128) >>> 0])],
  ["2^30 on every number", (numbers) => numbers.set(numbers.map((n) => (n + 2 ** 30) >>> 0))],
  ["random bytes", (numbers) => crypto.getRandomValues(numbers)],
];

describe("the sum of a round", () => {
  it.each(lies)(
    "with %s is refused, names the round, and is not committed",
    async (_lie, change) => {
      const { run, journal } = await withLiar(change);
      await expect(run).rejects.toMatchObject({
        code: "ERR_SECURE",
        message: expect.stringMatching(/round 1 is not counted.*honest clients give/),
        fields: { round: 1 },
      });
      expect(journal.records.map(({ round }) => round)).toEqual([0]);
    },
  );

  it("that was refused changes nothing where rounds may be skipped", async () => {
    const { run, journal, failures } = await withLiar(lies[0]![1], "skip");
    const { state } = await run;
    expect(failures).toHaveLength(1);
    expect(journal.records.map(({ accepted }) => accepted.length)).toEqual([4, 0]);
    for (const { data } of state.params.values()) expect(data.every(Number.isFinite)).toBe(true);
  });
});
