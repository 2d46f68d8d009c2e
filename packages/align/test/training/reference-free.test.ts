import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attachLora, type CausalLM } from "@deepgrain/lm";
import { Generator, manualSeed, setBackend } from "@deepgrain/tensor-gpu";
import type { FitEvent } from "@deepgrain/trainer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OrpoConfig, orpo, simpo } from "../../src";
import { heldOut, pairs, policy, short } from "../support/dpo";

let folder: string;
beforeEach(async () => {
  setBackend("js");
  manualSeed(1);
  folder = await mkdtemp(join(tmpdir(), "deepgrain-align-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Config = Omit<OrpoConfig, "lambda">;

describe.each([
  ["orpo", orpo, ["sft", "logOddsRatio", "accuracy"], { lambda: -1 }],
  ["simpo", simpo, ["accuracy", "margin", "chosenReward", "rejectedReward"], { gamma: -1 }],
] as const)("%s", (_, train, names, wrong) => {
  async function collect(model: CausalLM, config: Config, onEvent?: (event: FitEvent) => void) {
    const events: FitEvent[] = [];
    for await (const event of train(model, pairs, config)) {
      events.push(event);
      onEvent?.(event);
    }
    return events;
  }
  const lossesOf = (events: readonly FitEvent[]) =>
    events.flatMap((event) => (event.type === "step-end" ? [event.loss] : []));

  it("learns held-out pairs too, and reports them", async () => {
    const evaluation = { everySteps: 20, pairs: heldOut };
    const events = await collect(policy(), { ...short, steps: 40, evaluation });
    const losses = lossesOf(events);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    const measured = events.flatMap((event) => (event.type === "eval-end" ? [event] : []));
    expect(measured.map(({ step }) => step)).toEqual([20, 40]);
    expect(Object.keys(measured[1]!.scalars).sort()).toEqual([...names].sort());
    expect(measured[1]!.scalars.accuracy).toBeGreaterThan(0.5);
  });

  it.each([false, true])(
    "goes on after an abort to the losses of an undisturbed run, adapter %s",
    async (withLora) => {
      const start = (name: string): [CausalLM, Config] => {
        const model = policy();
        const lora = withLora
          ? attachLora(model, { rank: 2, generator: new Generator(4) })
          : undefined;
        const checkpoint = { folder: join(folder, name), everySteps: 2 };
        return [model, { ...short, steps: 6, lora, checkpoint }];
      };
      const whole = lossesOf(await collect(...start("whole")));
      const controller = new AbortController();
      const [model, config] = start("broken");
      const broken = collect(model, { ...config, signal: controller.signal }, ({ type, step }) => {
        if (type === "step-end" && step === 3) controller.abort(new Error("stop"));
      });
      await expect(broken).rejects.toThrow("stop");
      const [again, rest] = start("broken");
      expect(lossesOf(await collect(again, { ...rest, resume: true }))).toEqual(whole.slice(3));
    },
  );

  it("refuses no pairs, and options out of range", async () => {
    const first = (list: typeof pairs, config: object) =>
      train(policy(), list, { ...short, ...config }).next();
    await expect(first([], {})).rejects.toMatchObject({ code: "ERR_MISSING" });
    await expect(first(pairs, wrong)).rejects.toMatchObject({ code: "ERR_RANGE" });
    await expect(first(pairs, { batchSize: 0 })).rejects.toMatchObject({ code: "ERR_RANGE" });
  });
});
