import { existsSync } from "node:fs";
import fs, {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manualSeed, setBackend } from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FitConfig, type FitEvent, fit } from "../../src";
import { lossesOf, ofType } from "../support/collect";
import { Mlp, type Points, points, squaredError } from "../support/mlp";

let folder: string;
let whole: number[];

beforeEach(async () => {
  setBackend("js");
  folder = await mkdtemp(join(tmpdir(), "deepgrain-resume-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function collect(config: Partial<FitConfig<Points>>, steps = 8): Promise<FitEvent[]> {
  manualSeed(1);
  const model = new Mlp();
  const events: FitEvent[] = [];
  const lr = (step: number) => 1e-2 / (1 + step);
  const settings = { data: points, loss: squaredError(model), steps, lr };
  for await (const event of fit(model, { ...settings, ...config })) events.push(event);
  return events;
}

const checkpoint = () => ({ folder, everySteps: 2 });

/** A run that ended after 6 of 8 steps, with checkpoints of steps 4 and 6. */
async function interrupted(): Promise<void> {
  whole = lossesOf(await collect({}));
  const stop = new AbortController();
  const afterStep = (step: number) => {
    if (step === 6) stop.abort(new Error("stop"));
  };
  const config = { checkpoint: checkpoint(), signal: stop.signal, afterStep };
  await expect(collect(config)).rejects.toThrow("stop");
  expect((await readdir(folder)).sort()).toEqual(["step-000004", "step-000006"]);
}

describe("resuming", () => {
  const newest = (name: string) => join(folder, "step-000006", name);
  const damages: [string, () => Promise<unknown>, RegExp][] = [
    ["a truncated model", () => truncate(newest("model.safetensors"), 100), /safetensors/],
    ["a missing model", () => rm(newest("model.safetensors")), /model\.safetensors/],
    ["an empty state", () => writeFile(newest("trainer_state.json"), ""), /not JSON/],
    [
      "a state without fields",
      () => writeFile(newest("trainer_state.json"), "{}"),
      /trainer_state\.json: step is missing: expected a whole number of at least 0/,
    ],
    ["a missing state", () => rm(newest("trainer_state.json")), /there is no .*trainer_state/],
    ["missing moments", () => rm(newest("optimizer.safetensors")), /optimizer\.safetensors/],
    [
      "another step's state",
      () => cp(join(folder, "step-000004", "trainer_state.json"), newest("trainer_state.json")),
      /step must be 6 as the folder's name says, got 4/,
    ],
  ];

  it.each(damages)("falls back to the older checkpoint for %s", async (_, damage, reason) => {
    await interrupted();
    await damage();
    const events = await collect({ checkpoint: checkpoint(), resume: true });
    const [skip, ...more] = ofType(events, "checkpoint-skip");
    expect(skip).toMatchObject({ step: 6, path: join(folder, "step-000006") });
    expect(skip!.reason).toMatch(reason);
    expect(more).toEqual([]);
    expect(lossesOf(events)).toEqual(whole.slice(4));
  });

  it("passes over a stray folder and leaves it alone", async () => {
    await interrupted();
    await mkdir(join(folder, "step-999999"));
    await writeFile(join(folder, "step-999999", "mine.txt"), "x");
    const events = await collect({ checkpoint: checkpoint(), resume: true });
    expect(ofType(events, "checkpoint-skip").map(({ step }) => step)).toEqual([999999]);
    expect(lossesOf(events)).toEqual(whole.slice(6));
    expect((await readdir(folder)).sort()).toEqual(["step-000006", "step-000008", "step-999999"]);
    expect(await readFile(join(folder, "step-999999", "mine.txt"), "utf8")).toBe("x");
  });

  it("begins where there are only stray folders", async () => {
    await mkdir(join(folder, "step-000001"));
    const events = await collect({ checkpoint: checkpoint(), resume: true }, 2);
    expect(ofType(events, "checkpoint-skip").length).toBe(1);
    expect(lossesOf(events).length).toBe(2);
    expect(existsSync(join(folder, "step-000001"))).toBe(true);
  });

  it("refuses when every checkpoint is damaged, naming each", async () => {
    await interrupted();
    for (const name of await readdir(folder))
      await writeFile(join(folder, name, "trainer_state.json"), "{}");
    await expect(collect({ checkpoint: checkpoint(), resume: true })).rejects.toMatchObject({
      code: "ERR_FORMAT",
      message: expect.stringMatching(/is whole: .*step-000006.*; .*step-000004/),
    });
  });
});

describe("the folder of checkpoints", () => {
  it("is refused by a run that begins anew, and kept", async () => {
    await interrupted();
    await expect(collect({ checkpoint: checkpoint() })).rejects.toMatchObject({
      code: "ERR_STATE",
      message: expect.stringContaining(`${folder} holds checkpoints of an earlier run`),
    });
    expect((await readdir(folder)).sort()).toEqual(["step-000004", "step-000006"]);
  });

  it("is cleared of what killed runs left, and of nothing else", async () => {
    const left = `1073741824-7-0f8e9d7c-1111-4222-8333-444455556666`;
    const others = ["step-000002.old", "thesis.tmp", `thesis.${left}.tmp`];
    for (const name of [...others, `step-000004.${left}.tmp`, `step-000002.${left}.gone`])
      await mkdir(join(folder, name));
    await collect({ checkpoint: checkpoint() }, 2);
    expect((await readdir(folder)).sort()).toEqual([...others, "step-000002"].sort());
  });

  it("says why a checkpoint cannot be written, and holds no part of it", async () => {
    const real = fs.open;
    const full = Object.assign(new Error("ENOSPC: write"), { code: "ENOSPC" });
    const spy = vi.spyOn(fs, "open").mockImplementation((async (path: string, flags: string) => {
      const handle = await real(path, flags);
      if (path.includes("optimizer.safetensors") && flags === "wx")
        handle.appendFile = () => Promise.reject(full);
      return handle;
    }) as never);
    const error = await collect({ checkpoint: checkpoint() }, 2).catch((thrown) => thrown);
    spy.mockRestore();
    expect(error).toMatchObject({
      code: "ERR_IO",
      message: expect.stringMatching(/saveCheckpoint: .*step-000002.*no space left on the device/),
    });
    expect(await readdir(folder)).toEqual([]);
  });
});
