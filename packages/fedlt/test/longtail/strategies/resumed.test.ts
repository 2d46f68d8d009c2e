import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { folderJournal } from "../../../src/federation/node/folder-journal";
import { personalFolder } from "../../../src/federation/node/personal-folder";
import {
  ditto,
  fedDyn,
  finishFederation,
  inProcessTransport,
  type LocalTrain,
  moon,
  type Strategy,
} from "../../support/all";
import { toyClients, toyInitial, toyLocal, toyTrainer } from "../../support/toy";

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

/** Clients that keep their models in the folder too. */
const trainer = (folder: string) => toyTrainer(personalFolder(join(folder, "personal")));

const personalIn = (folder: string) =>
  toyClients
    .map((id) => join(folder, "personal", `${id}.safetensors`))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path));

describe("a run that ended in the midst of a round and goes on from its folder", () => {
  it.each([
    fedDyn({ local: toyLocal, alpha: 0.1 }),
    moon({ local: toyLocal }),
    ditto({ local: toyLocal }),
  ])("equals an undisturbed one under $name", async (strategy) => {
    const folder = await temporaryFolder();
    const killed: LocalTrain = (task, options) => {
      if (task.round === 2 && task.clientId > "b") throw new Error("killed");
      return trainer(folder)(task, options);
    };
    const ended = state({ ...strategy, aggregateFit: onlyWhole(strategy) }, folder, killed);
    await expect(ended).rejects.toThrow("killed");
    const other = await temporaryFolder();
    // Clients that had trained in the round that is run again count it once.
    expect(await state(strategy, folder, trainer(folder))).toEqual(
      await state(strategy, other, trainer(other)),
    );
    expect(personalIn(folder)).toEqual(personalIn(other));
    expect(personalIn(folder).length).toBe(strategy.name === "Ditto" ? toyClients.length : 0);
  });
});

/** Ends the run with a round that lacks an update. */
const onlyWhole =
  ({ aggregateFit }: Strategy): Strategy["aggregateFit"] =>
  (context, updates) => {
    if (updates.length < 3) throw new Error("killed");
    return aggregateFit(context, updates);
  };
