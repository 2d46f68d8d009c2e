import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { doors } from "../list/check-doors.mjs";
import { readCorpus } from "../src/corpus";
import { generators } from "../src/generators";
import { growthFaults, growthOf } from "../src/growth";
import { damaged } from "../src/mutations";
import { findingOf, isTyped } from "../src/outcome";
import { type BlockCounter, countBlocks } from "../src/work";

/** Fixed seeds of a door; fewer where 200 took over 0.3 s. */
const SEEDS = 200;
const fewer: Readonly<Record<string, number>> = {
  jsonSchema: 60,
  parseNpzGraph: 100,
  readGraph: 50,
  withConfigFile: 100,
  readTrainSettings: 100,
  // Of those that need files, fewer.
  ...Object.fromEntries(
    [
      "acquireLock",
      "clientLine",
      "endpointSource",
      "evaluate",
      "evaluateTasks",
      "exportRuns",
      "filesIn",
      "fitOf",
      "folderJournal",
      "joinLink",
      "jsonlFile",
      "jsonRows",
      "listCheckpoints",
      "loadModel",
      "loadStepRewardModel",
      "loadTokenizer",
      "openAdapter",
      "openJournal",
      "openQueue",
      "openTasks",
      "ownProcesses",
      "personalFolder",
      "readFileRows",
      "readLabelledTexts",
      "readLora",
      "readRunRecord",
      "readSecretJson",
      "readTaskFile",
      "repositoryFiles",
      "resumeRows",
      "sourceCode",
      "tellUnknownKeys",
      "textDocuments",
    ].map((door) => [door, 24]),
  ),
  checkClaim: 20,
  compareStudy: 10,
  rolloutFile: 20,
  runStages: 20,
  runStudy: 10,
  watchRuns: 20,
  withInputFile: 20,
};

let counter: BlockCounter;
beforeAll(async () => {
  counter = await countBlocks();
});
afterAll(() => counter.stop());

describe("The list of doors", () => {
  it("says of every door without generated inputs why", () => {
    const generated = generators.map(({ door }) => door).sort();
    const listed = doors.filter((door) => door.noGenerator === undefined);
    expect(generated).toEqual(listed.map(({ door }) => door).sort());
  });
});

describe.each(generators.map((generator) => [generator.door, generator] as const))(
  "%s",
  (door, generator) => {
    const inputs = damaged(generator.form, generator.valid);

    it("takes most of the valid inputs", async () => {
      let taken = 0;
      const tries = Math.min(20, (fewer[door] ?? SEEDS) / 2);
      for (const input of fc.sample(generator.valid, { seed: 1, numRuns: tries }))
        try {
          await generator.read(input as never);
          taken++;
        } catch (error) {
          expect(isTyped(error), String(error)).toBe(true);
        }
      expect(taken).toBeGreaterThan(tries / 2);
    });

    it("answers drawn inputs with a result or a typed error", async () => {
      for (let seed = 1; seed <= (fewer[door] ?? SEEDS); seed++) {
        const [input] = fc.sample(inputs, { seed, numRuns: 1 });
        expect(await findingOf(generator, input), `seed ${seed}`).toBeUndefined();
      }
    });

    it.each(Object.entries(generator.orders))("works in proportion: %s", async (name, order) => {
      const counted = await growthOf(generator, order, counter);
      expect(growthFaults(`${door}, ${name}`, counted)).toEqual([]);
    });
  },
);

describe("The corpus", () => {
  const kept = readCorpus(fileURLToPath(new URL("../corpus", import.meta.url)), generators);

  it.each(kept.map((each) => [each.name, each] as const))("%s is no finding", async (_, each) => {
    expect(await findingOf(each.generator, each.input)).toBeUndefined();
  });
});
