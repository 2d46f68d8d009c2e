import { writeFile } from "node:fs/promises";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { personalFolder } from "../../../src/federation/node/personal-folder";
import {
  ditto,
  encodeSafetensors,
  type FitTask,
  finishFederation,
  inProcessTransport,
  memoryPersonalModels,
  type NamedTensors,
  type PersonalModels,
} from "../../support/all";
import { toyInitial, toyLocal, toyTrainer } from "../../support/toy";

const model = (...values: number[]): NamedTensors =>
  new Map([["w", { shape: [values.length], data: Float32Array.from(values) }]]);
const kept = { round: 3, received: "sum", before: model(1, 2), after: model(3, 4) };

/** The messages of the clients that fail in one round of Ditto. */
async function failures(personal: PersonalModels | undefined) {
  const messages: string[] = [];
  const transport = inProcessTransport({ clients: ["a"], train: toyTrainer(personal) });
  const strategy = ditto({ local: toyLocal });
  await finishFederation(
    { transport, strategy, initial: await toyInitial(), rounds: 1, onMissedQuorum: "skip" },
    { onEvent: (event) => event.type === "client-failed" && messages.push(event.message) },
  );
  return messages;
}

describe("personal models", () => {
  it("come back from a folder as they were, under any client's name", async () => {
    const place = personalFolder(await temporaryFolder());
    for (const id of ["a", "../b", "é/ü"]) {
      expect(await place.load(id)).toBeUndefined();
      await place.save(id, kept);
      expect(await place.load(id)).toEqual(kept);
    }
  });

  it("of another layout are refused with file and key", async () => {
    const place = personalFolder(await temporaryFolder());
    const whole = await toyInitial();
    const other = new Map([...whole, ["fc.bias", { shape: [2], data: new Float32Array(2) }]]);
    await place.save("a", { ...kept, before: whole, after: other });
    expect(await failures(place)).toEqual([
      `fedlt/${place.where("a")}: fc.bias must have shape [3], got [2]`,
    ]);
    await place.save("a", { ...kept, before: model(1), after: whole });
    expect((await failures(place))[0]).toMatch(
      /a\.safetensors: the tensor enc\.0\.weight is missing/,
    );
  });

  it("of another run, and a place that is missing, are refused", async () => {
    const place = memoryPersonalModels();
    const whole = await toyInitial();
    for (const round of [0, 5]) {
      await place.save("a", { round, received: "another", before: whole, after: whole });
      expect((await failures(place))[0]).toContain(`round ${round} of another run`);
    }
    expect((await failures(undefined))[0]).toContain("give `personal`");
  });

  it("train alike when a task is sent twice", async () => {
    const place = memoryPersonalModels();
    const train = toyTrainer(place);
    const strategy = ditto({ local: toyLocal });
    const state = { params: await toyInitial(), groups: new Map(), values: {} };
    const context = { round: 0, seed: 0, state, population: ["a"] };
    const { config } = (await strategy.configureFit(context, ["a"])).get("a")!;
    const { params, groups } = state;
    const task = (round: number): FitTask => ({
      round,
      clientId: "a",
      seed: 0,
      params,
      groups,
      config: config!,
    });
    for (const round of [0, 4]) {
      const first = await train(task(round), {});
      const after = await place.load("a");
      expect(await train(task(round), {})).toEqual(first);
      expect(await place.load("a")).toEqual(after);
    }
  });

  it("that are no such files are refused by name", async () => {
    const place = personalFolder(await temporaryFolder());
    const record = (text: string) =>
      encodeSafetensors({ tensors: model(1), metadata: { personal: text } });
    const files = [
      Buffer.from("no model"),
      encodeSafetensors({ tensors: model(1) }),
      ...["{", "null", '{"round":-1,"received":""}', '{"round":1}'].map(record),
    ];
    for (const file of files) {
      await writeFile(place.where("a"), file);
      await expect(place.load("a")).rejects.toMatchObject({
        code: "ERR_FORMAT",
        message: expect.stringContaining("a.safetensors"),
      });
    }
  });
});
