import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { folderJournal } from "../../../src/federation/node/folder-journal";
import {
  fedDyn,
  finishFederation,
  inProcessTransport,
  type LocalTrain,
  moon,
  type Strategy,
} from "../../support/all";
import { toyClients, toyInitial, toyLocal, toyTrain } from "../../support/toy";

/** The state after four rounds in a folder. */
const state = async (strategy: Strategy, folder: string, train: LocalTrain) =>
  (
    await finishFederation({
      transport: inProcessTransport({ clients: toyClients, train }),
      strategy,
      initial: await toyInitial(),
      rounds: 4,
      clientsPerRound: 3,
      journal: folderJournal(folder),
    })
  ).state;

describe("a run that ended in the midst of a round and goes on from its folder", () => {
  it.each([fedDyn({ local: toyLocal, alpha: 0.1 }), moon({ local: toyLocal })])(
    "equals an undisturbed one under $name",
    async (strategy) => {
      const folder = await temporaryFolder();
      const killed: LocalTrain = (task, options) => {
        if (task.round === 2 && task.clientId > "b") throw new Error("killed");
        return toyTrain(task, options);
      };
      const ended = state({ ...strategy, aggregateFit: onlyWhole(strategy) }, folder, killed);
      await expect(ended).rejects.toThrow("killed");
      expect(await state(strategy, folder, toyTrain)).toEqual(
        await state(strategy, await temporaryFolder(), toyTrain),
      );
    },
  );
});

/** Ends the run with a round that lacks an update. */
const onlyWhole =
  ({ aggregateFit }: Strategy): Strategy["aggregateFit"] =>
  (context, updates) => {
    if (updates.length < 3) throw new Error("killed");
    return aggregateFit(context, updates);
  };
