import { mkdtemp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { disk, thisProcess } from "@deepgrain/support/files";
import {
  defaultGenerator,
  dropout,
  Generator,
  manualSeed,
  nn,
  optim,
  randn,
  type Tensor,
  tensor,
} from "@deepgrain/tensor-gpu";
import { failingDisk, failures } from "@deepgrain/vitest/failing-disk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type FitConfig,
  type FitEvent,
  fit,
  jsonPart,
  moduleWeights,
  type Optimizer,
} from "../src";
import { collect, ofType } from "./support/collect";
import { Mlp, numbersOf, type Points, points, sixSteps } from "./support/mlp";
import { withTemporaryFolder } from "./support/temporary-folder";

const folder = withTemporaryFolder();

/** A run with dropout of a generator of its own, a second module that moves along, and a counter. */
function bigRun(seed: number) {
  const model = new Mlp(seed);
  const follower = new Mlp(seed + 1);
  const noise = new Generator(seed + 2);
  const rewards: number[] = seed === 1 ? [] : [7];
  const config = (folder: string, gradientAccumulation: number): FitConfig<Points> => ({
    data: points,
    loss(batch) {
      const { x, y, count } = batch;
      const hidden = model.first.forward(tensor(x, { shape: [count, 3] })).tanh();
      const dropped = dropout(hidden, 0.3, { training: true, generator: noise });
      const jitter = randn([count, 1]).mul(0.01);
      const out = model.second.forward(dropped).add(jitter);
      const loss = out
        .sub(tensor(y, { shape: [count, 1] }))
        .square()
        .mean();
      return { loss, scalars: { rewards: rewards.length } };
    },
    steps: 8,
    lr: (step) => 0.05 / (1 + step),
    gradientAccumulation,
    afterStep(step) {
      rewards.push(step);
      for (const [name, tensor] of follower.namedTensors()) {
        const own = [...model.namedTensors()].find(([other]) => other === name)![1];
        tensor.set(tensor.dataSync().map((v, i) => 0.9 * v + 0.1 * own.dataSync()[i]!) as never);
      }
    },
    checkpoint: {
      folder,
      everySteps: 3,
      parts: {
        follower: moduleWeights(follower),
        noise: jsonPart(
          () => noise.state(),
          (state) => noise.restore(state as never),
        ),
        rewards: jsonPart(
          () => rewards,
          (value) => rewards.splice(0, Infinity, ...(value as number[])),
        ),
      },
    },
  });
  const state = () => ({
    model: numbersOf(model),
    follower: numbersOf(follower),
    noise: noise.state(),
    random: defaultGenerator.state(),
    rewards,
  });
  return { model, config, state };
}

describe("a resumed run", () => {
  it("ends as the undisturbed one, bit for bit, with all registered parts, wherever it was stopped", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 7 }), fc.constantFrom(1, 3), async (at, count) => {
        const place = await mkdtemp(join(folder(), "run-"));
        manualSeed(5);
        const whole = bigRun(1);
        const events = await collect(fit(whole.model, whole.config(join(place, "whole"), count)));

        manualSeed(5);
        const first = bigRun(1);
        const stop = new AbortController();
        const seen: FitEvent[] = [];
        const stopping = async () => {
          const config = { ...first.config(join(place, "parts"), count), signal: stop.signal };
          for await (const event of fit(first.model, config)) {
            seen.push(event);
            if ("step" in event && event.step === at) stop.abort(new Error("stop"));
          }
        };
        await expect(stopping()).rejects.toThrow("stop");
        expect(seen.at(-1)).toMatchObject({ type: "checkpoint-end", step: at });

        manualSeed(99);
        const second = bigRun(40);
        const config = { ...second.config(join(place, "parts"), count), resume: true };
        const rest = await collect(fit(second.model, config));
        expect(ofType(rest, "step-end")).toEqual(ofType(events, "step-end").slice(at));
        expect(second.state()).toEqual(whole.state());
      }),
      { numRuns: 6 },
    );
  });

  type Make = (parameters: Tensor[]) => Optimizer;
  it.each<[string, Make]>([
    ["SGD's momentum", (p) => new optim.SGD(p, { momentum: 0.9 })],
    ["Adam and amsgrad", (p) => new optim.Adam(p, { weightDecay: 0.1, amsgrad: true })],
    ["AdamW and amsgrad", (p) => new optim.AdamW(p, { amsgrad: true })],
    ["centered RMSprop", (p) => new optim.RMSprop(p, { momentum: 0.9, centered: true })],
    ["Adagrad", (p) => new optim.Adagrad(p, { initialAccumulator: 0.1 })],
  ])("with %s ends as the undisturbed one too", async (_, make) => {
    const optimizer = (named: readonly nn.NamedTensor[]) =>
      make(named.map(([, parameter]) => parameter));
    const [whole, parts] = [new Mlp(), new Mlp()];
    await collect(fit(whole, { ...sixSteps(whole), optimizer }));
    const checkpoint = { folder: folder(), everySteps: 2 };
    await collect(fit(parts, { ...sixSteps(parts), optimizer, checkpoint, steps: 4 }));
    const again = new Mlp(9);
    await collect(fit(again, { ...sixSteps(again), optimizer, checkpoint, resume: true }));
    expect(numbersOf(again)).toEqual(numbersOf(whole));
  });

  it("leaves the undisturbed weights and files, stopped at every third operation on files", async () => {
    const train = async (name: string, resume: boolean) => {
      const model = new Mlp();
      const checkpoint = { folder: join(folder(), name), everySteps: 1, keep: 1 };
      await collect(fit(model, { ...sixSteps(model), steps: 2, checkpoint, resume }));
      return numbersOf(model);
    };
    const namesIn = async (name: string) =>
      (await readdir(join(folder(), name), { recursive: true })).sort();
    const whole = { numbers: await train("whole", false), names: await namesIn("whole") };
    for (let at = 1, hasFailed = true; hasFailed; at += 3) {
      const failure = failures[at % failures.length]!;
      const failing = failingDisk({ disk, thisProcess }, { at, failure });
      await train(`${at}`, false).catch(() => undefined);
      hasFailed = failing.failed !== undefined;
      expect(failing.running()).toBe(0);
      await failing.restart();
      const undisturbed = failingDisk({ disk, thisProcess });
      const numbers = await train(`${at}`, true);
      await undisturbed.restart();
      expect({ numbers, names: await namesIn(`${at}`) }, `${failure} at ${at}`).toEqual(whole);
    }
  });

  it("is refused where the checkpoints have other parts or another module", async () => {
    const part = jsonPart(
      () => 1,
      () => undefined,
    );
    const model = new Mlp();
    const checkpoint = { folder: folder(), everySteps: 3, parts: { extra: part } };
    await collect(fit(model, { ...sixSteps(model), checkpoint }));
    const resumed = (module: nn.Module, parts: object) =>
      collect(
        fit(module, {
          ...sixSteps(model),
          checkpoint: { folder: folder(), everySteps: 3, parts: { ...parts } },
          resume: true,
        }),
      );
    for (const parts of [{}, { other: part }])
      await expect(resumed(model, parts)).rejects.toMatchObject({
        code: "ERR_FORMAT",
        message: expect.stringMatching(/parts must be .* as this run's, got \["extra"\]/),
      });
    const other = new nn.Linear(3, 1);
    await expect(resumed(other, { extra: part })).rejects.toThrow(/must hold weight, which is/);
  });
});
