import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attachLora, type CausalLM } from "@deepgrain/lm";
import { Generator, manualSeed, memory, setBackend } from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DpoConfig, type DpoEvent, dpo, evaluatePreferences, referenceLogps } from "../../src";
import type { ReferenceLogps } from "../../src/training/reference";
import { collect, heldOut, ofType, pairs, policy, short } from "../support/dpo";

let folder: string;
beforeEach(async () => {
  setBackend("js");
  manualSeed(1);
  folder = await mkdtemp(join(tmpdir(), "deepgrain-align-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("dpo", () => {
  it("takes the same steps with stored log-probabilities, a second model, or an adapter that is left out", async () => {
    const lossesWith = async (config: Partial<DpoConfig>, model = policy()) =>
      ofType(await collect(model, { ...short, ...config }), "step-end").map(({ loss }) => loss);
    const whole = await lossesWith({ reference: policy() });
    const progress: number[] = [];
    const stored = await referenceLogps(policy(), pairs, {
      batchSize: 5,
      onProgress: (done) => progress.push(done),
    });
    expect(progress).toEqual([5, 10, 14]);
    expect(await lossesWith({ reference: stored })).toBeAllclose(whole, { rtol: 1e-5 });
    const adapted = () => {
      const model = policy();
      return { model, lora: attachLora(model, { rank: 2, generator: new Generator(4) }) };
    };
    const [off, beside] = [adapted(), adapted()];
    const steps = await lossesWith({ lora: off.lora }, off.model);
    expect(steps).toBeAllclose(await lossesWith({ reference: policy() }, beside.model), {
      rtol: 1e-5,
    });
    expect(steps[0]).toBeCloseTo(Math.LN2, 5);
    expect(new Set(steps).size).toBe(steps.length);
  });

  it.each([
    { lossType: "ipo" },
    { lossType: "hinge" },
    { lossType: "robust", labelSmoothing: 0.1 },
    { lossType: "sigmoid-norm", beta: 2 },
    { referenceFree: true },
    { sftWeight: 0.2 },
  ] as Partial<DpoConfig>[])("lowers the loss with %o", async (variant) => {
    const config = {
      ...short,
      steps: 15,
      ...(!variant.referenceFree && { reference: policy() }),
      ...variant,
    };
    const losses = ofType(await collect(policy(), config), "step-end").map(({ loss }) => loss);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
  });

  describe("with a bound on the KL", () => {
    const maxKl = 0.02;
    const bounded = (more: Partial<DpoConfig> = {}): DpoConfig => ({
      ...short,
      steps: 60,
      reference: policy(),
      maxKl,
      ...more,
    });
    const klOf = async (model: CausalLM, some = heldOut) =>
      (await evaluatePreferences(model, some, { reference: policy() })).scalars.kl!;

    it("keeps the last step that is within it on the next pairs, and says which was not", async () => {
      const model = policy();
      const events = await collect(model, bounded());
      const stop = events.at(-1)!;
      expect(stop).toMatchObject({ type: "kl-stop", on: "next-batch", maxKl });
      const { step, rejected, kl } = ofType(events, "kl-stop")[0]!;
      expect(rejected).toBe(step + 1);
      expect(kl).toBeGreaterThan(maxKl);
      const steps = ofType(events, "step-end");
      expect(steps.map((one) => one.step)).toEqual(Array.from({ length: step }, (_, i) => i + 1));
      for (const one of steps) expect(one.scalars.kl).toBeLessThanOrEqual(maxKl);
      const short = policy();
      await collect(short, bounded({ steps: step }));
      const [own, same] = await Promise.all([model, short].map((one) => klOf(one, pairs)));
      expect(own).toBe(same);
    });

    it("measures held-out pairs of no parameters that are too far, and ends with those that it keeps", async () => {
      const model = policy();
      const evaluation = { everySteps: 2, pairs: heldOut };
      const events = await collect(model, bounded({ evaluation, maxKl: 0.01 }));
      const evaluations = ofType(events, "eval-end");
      for (const { scalars } of evaluations) expect(scalars.kl).toBeLessThanOrEqual(0.01);
      const { step } = ofType(events, "kl-stop")[0]!;
      expect(evaluations.at(-1)!.step).toBe(step);
      expect(await klOf(model)).toBeCloseTo(evaluations.at(-1)!.scalars.kl!, 6);
    });

    it("refuses a start that is above it", async () => {
      const trained = policy();
      await collect(trained, { ...short, reference: policy() });
      await expect(
        (async () => {
          for await (const _ of dpo(trained, pairs, bounded({ maxKl: 1e-9 })));
        })(),
      ).rejects.toMatchObject({ code: "ERR_RANGE" });
    });

    it.each([1, 3])(
      "goes on after an abort at step %i to the end of an undisturbed run",
      async (at) => {
        const evaluation = { everySteps: 2, pairs: heldOut };
        const start = (name: string) =>
          bounded({ evaluation, checkpoint: { folder: join(folder, name), everySteps: 50 } });
        const whole = policy();
        const events = await collect(whole, start("whole"));
        const controller = new AbortController();
        const broken = collect(
          policy(),
          { ...start("broken"), signal: controller.signal },
          ({ type, step }) => {
            if (type === "step-end" && step === at) controller.abort(new Error("stop"));
          },
        );
        await expect(broken).rejects.toThrow("stop");
        const again = policy();
        const rest = await collect(again, { ...start("broken"), resume: true });
        expect(rest.at(-1)).toEqual(events.at(-1));
        expect(await klOf(again)).toBe(await klOf(whole));
      },
    );
  });

  it.each([false, true])(
    "goes on after an abort to the losses of an undisturbed run, adapter %s",
    async (withLora) => {
      const start = (name: string): [CausalLM, DpoConfig] => {
        const model = policy();
        const checkpoint = { folder: join(folder, name), everySteps: 2 };
        if (!withLora) return [model, { ...short, steps: 6, reference: policy(), checkpoint }];
        const lora = attachLora(model, { rank: 2, generator: new Generator(4) });
        return [model, { ...short, steps: 6, lora, checkpoint }];
      };
      const losses = (events: DpoEvent[]) => ofType(events, "step-end").map(({ loss }) => loss);
      const whole = losses(await collect(...start("whole")));
      const controller = new AbortController();
      const [model, config] = start("broken");
      const broken = collect(model, { ...config, signal: controller.signal }, ({ type, step }) => {
        if (type === "step-end" && step === 3) controller.abort(new Error("stop"));
      });
      await expect(broken).rejects.toThrow("stop");
      const [again, rest] = start("broken");
      expect(losses(await collect(again, { ...rest, resume: true }))).toEqual(whole.slice(3));
    },
  );

  it("holds no more memory after many steps than after two", async () => {
    const sizes: number[] = [];
    const config = { ...short, steps: 12, reference: policy() };
    await collect(
      policy(),
      config,
      ({ type }) => type === "step-end" && sizes.push(memory().bytes),
    );
    expect(sizes.at(-1)).toBe(sizes[1]);
  });

  const few: ReferenceLogps = { chosen: new Float32Array(3), rejected: new Float32Array(3) };
  const bad: ReferenceLogps = {
    chosen: new Float32Array(14).fill(Number.NaN),
    rejected: new Float32Array(14),
  };
  const fine: ReferenceLogps = { chosen: new Float32Array(14), rejected: new Float32Array(14) };
  it.each([
    ["no reference", {}, "ERR_ARGUMENT"],
    ["stored numbers of other pairs", { reference: few }, "ERR_SHAPE"],
    ["stored numbers that are NaN", { reference: bad }, "ERR_NOT_FINITE"],
    ["a bound on a KL that is not known", { reference: fine, maxKl: 1 }, "ERR_ARGUMENT"],
    ["a bound of 0", { reference: policy(), maxKl: 0 }, "ERR_RANGE"],
    [
      "held-out pairs without their numbers",
      { reference: fine, evaluation: { everySteps: 1, pairs: heldOut } },
      "ERR_ARGUMENT",
    ],
    ["an unknown loss", { reference: fine, lossType: "x" as "ipo" }, "ERR_ARGUMENT"],
  ] as [string, Partial<DpoConfig>, string][])("refuses %s", async (_, config, code) => {
    await expect(collect(policy(), { ...short, ...config })).rejects.toMatchObject({ code });
  });
});
