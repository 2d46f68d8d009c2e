import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { disk, thisProcess } from "@deepgrain/support/files";
import { failingDisk, failures } from "@deepgrain/vitest/failing-disk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { folderJournal, readJournal } from "../../../src/federation/node/folder-journal";
import {
  creff,
  encodeSafetensors,
  finishFederation,
  inProcessTransport,
  redGrape,
} from "../../support/all";
import { toyClients, toyInitial, toyLocal, toyTrain } from "../../support/toy";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "deepgrain-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = async (rounds: number, strategy = redGrape({ local: toyLocal, threshold: 4 })) =>
  finishFederation({
    transport: inProcessTransport({ clients: toyClients, train: toyTrain }),
    strategy,
    initial: await toyInitial(),
    rounds,
    seed: 1,
    journal: folderJournal(folder),
  });

describe("folderJournal", () => {
  it.each([
    ["RedGrape", redGrape({ local: toyLocal, threshold: 4 })],
    ["CReFF", creff({ local: toyLocal, featuresPerClass: 4, matchingSteps: 2, headEpochs: 2 })],
  ])("goes on with %s from its last round as if nothing had happened", async (_name, strategy) => {
    await run(2, strategy);
    const { state } = await run(4, strategy);
    rmSync(folder, { recursive: true });
    expect((await run(4, strategy)).state).toEqual(state);
    const finished = (await readJournal(folder)).filter(({ type }) => type === "round-end");
    expect(finished).toHaveLength(4);
    expect(readdirSync(folder).filter((name) => name.endsWith(".safetensors"))).toEqual([
      "round-000002.safetensors",
      "round-000003.safetensors",
    ]);
  });

  it("survives a line and a file that a crash cut off", async () => {
    await run(2);
    appendFileSync(join(folder, "journal.jsonl"), 'null\n5\n{}\n{"type":"update-acc');
    writeFileSync(join(folder, ".round-000002.safetensors.1"), "half");
    await run(3);
    const lines = await readJournal(folder);
    expect(lines.filter(({ type }) => type === "round-end").map(({ round }) => round)).toEqual([
      0, 1, 2,
    ]);
    expect(lines.filter(({ type }) => type === "update-accepted")).toHaveLength(12);
  });

  it("writes the line that a crash between checkpoint and line left out", async () => {
    await run(2);
    const path = join(folder, "journal.jsonl");
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    writeFileSync(path, `${lines.slice(0, -1).join("\n")}\n`);
    await run(2);
    expect(
      readFileSync(path, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual(lines.map((line) => JSON.parse(line)));
  });

  it("holds what an undisturbed run's does, at whatever operation that was stopped", async () => {
    const state = { params: await toyInitial(), groups: new Map(), values: {} };
    const keep = async () => {
      const journal = folderJournal(folder, { keep: 1 });
      try {
        const last = await journal.load();
        for (let round = last ? last.record.round + 1 : 0; round < 2; round++) {
          const update = { round, clientId: "a", numSamples: 1, checksum: "b" };
          await journal.accept(update);
          const record = { round, accepted: [update], metrics: {}, bytesUp: 1, bytesDown: 1 };
          await journal.commit({ run: { strategy: "toy", seed: 1 }, state, record });
        }
      } finally {
        await journal.close!();
      }
    };
    const contents = () =>
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString("hex")]);
    await keep();
    const whole = contents();
    for (let at = 1, hasFailed = true; hasFailed; at++) {
      rmSync(folder, { recursive: true });
      const failure = failures[at % failures.length]!;
      const failing = failingDisk({ disk, thisProcess }, { at, failure });
      const error = await keep().catch((thrown) => thrown);
      hasFailed = failing.failed !== undefined;
      expect(failing.running()).toBe(0);
      await failing.restart();
      if (error instanceof Error) expect(error).toMatchObject({ code: "ERR_IO" });
      await keep();
      expect(contents(), `${failure} at ${at}`).toEqual(whole);
    }
  });

  it("refuses a damaged checkpoint, another tool's file and a folder that cannot be used", async () => {
    await run(1);
    const path = join(folder, "round-000000.safetensors");
    writeFileSync(path, readFileSync(path).subarray(0, 100));
    await expect(run(2)).rejects.toMatchObject({ code: "ERR_FORMAT" });
    writeFileSync(path, encodeSafetensors({ tensors: await toyInitial() }));
    await expect(run(2)).rejects.toMatchObject({ code: "ERR_FORMAT" });
    writeFileSync(join(folder, "file"), "");
    await expect(folderJournal(join(folder, "file")).load()).rejects.toMatchObject({
      code: "ERR_IO",
    });
  });

  it("refuses a second coordinator while the first one runs", async () => {
    const first = folderJournal(folder);
    await first.load();
    await expect(run(1)).rejects.toMatchObject({ code: "ERR_STATE" });
    await first.close!();
    await run(1);
  });
});
