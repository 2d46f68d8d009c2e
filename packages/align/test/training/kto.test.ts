import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attachLora, type CausalLM } from "@deepgrain/lm";
import { Generator, manualSeed, memory, setBackend } from "@deepgrain/tensor-gpu";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type KtoConfig, type KtoEvent, kto } from "../../src";
import { heldOut, pairs, policy, short } from "../support/dpo";

let folder: string;
beforeEach(async () => {
  setBackend("js");
  manualSeed(1);
  folder = await mkdtemp(join(tmpdir(), "deepgrain-align-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const labelled = (some: typeof pairs) =>
  some.flatMap(({ chosen, rejected }) => [
    { chat: chosen, label: true },
    { chat: rejected, label: false },
  ]);
const answers = labelled(pairs);

async function collect(
  model: CausalLM,
  config: KtoConfig,
  { onEvent, rows = answers }: { onEvent?: (event: KtoEvent) => void; rows?: typeof answers } = {},
) {
  const events: KtoEvent[] = [];
  for await (const event of kto(model, rows, config)) {
    events.push(event);
    onEvent?.(event);
  }
  return events;
}
const lossesOf = (events: readonly KtoEvent[]) =>
  events.flatMap((event) => (event.type === "step-end" ? [event.loss] : []));

describe("kto", () => {
  it("begins at half of the weights, and learns held-out answers too", async () => {
    const evaluation = { everySteps: 30, answers: labelled(heldOut) };
    const config = { ...short, steps: 60, batchSize: 8, reference: policy(), evaluation };
    const events = await collect(policy(), config);
    const losses = lossesOf(events);
    expect(losses[0]).toBeCloseTo(0.5, 6);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    const measured = events.flatMap((event) => (event.type === "eval-end" ? [event] : []));
    expect(measured.map(({ step }) => step)).toEqual([30, 60]);
    expect(measured[1]!.scalars.accuracy).toBeGreaterThan(0.6);
    expect(measured[1]!.scalars.kl).toBeGreaterThanOrEqual(0);
  });

  it("takes the same steps with an adapter's base and with a second model", async () => {
    const lossesWith = async (isSecond: boolean) => {
      const model = policy();
      const lora = attachLora(model, { rank: 2, generator: new Generator(4) });
      const reference = isSecond ? policy() : undefined;
      return lossesOf(await collect(model, { ...short, lora, reference }));
    };
    expect(await lossesWith(false)).toBeAllclose(await lossesWith(true), { rtol: 1e-5 });
  });

  it("goes on after an abort to the losses of an undisturbed run", async () => {
    const config = (name: string) => ({
      ...short,
      steps: 6,
      reference: policy(),
      checkpoint: { folder: join(folder, name), everySteps: 2 },
    });
    const whole = lossesOf(await collect(policy(), config("whole")));
    const controller = new AbortController();
    const onEvent = (event: KtoEvent) => {
      if (event.type === "step-end" && event.step === 3) controller.abort(new Error("stop"));
    };
    const broken = { ...config("broken"), signal: controller.signal };
    await expect(collect(policy(), broken, { onEvent })).rejects.toThrow("stop");
    const rest = await collect(policy(), { ...config("broken"), resume: true });
    expect(lossesOf(rest)).toEqual(whole.slice(3));
  });

  it("warns with the counts where all labels are the same, and still trains", async () => {
    const rows = answers.map((answer) => ({ ...answer, label: true }));
    const events = await collect(policy(), { ...short, reference: policy() }, { rows });
    expect(events[0]).toEqual({ type: "one-label", desirable: 28, undesirable: 0 });
    expect(lossesOf(events)).toHaveLength(3);
    const both = await collect(policy(), { ...short, reference: policy() });
    expect(both.some(({ type }) => type === "one-label")).toBe(false);
  });

  it("holds no more memory after many steps than after two", async () => {
    const sizes: number[] = [];
    const onEvent = ({ type }: KtoEvent) => type === "step-end" && sizes.push(memory().bytes);
    await collect(policy(), { ...short, steps: 8, reference: policy() }, { onEvent });
    expect(sizes.at(-1)).toBe(sizes[1]);
  });

  const empty = { chat: { inputIds: [1, 2], labels: [-100, -100] }, label: true };
  const bare = { chat: { inputIds: [1, 2], labels: [1, 2] }, label: true };
  it.each([
    ["no reference", {}, answers, "ERR_ARGUMENT"],
    ["batches of one answer", { batchSize: 1 }, answers, "ERR_RANGE"],
    ["a weight of 0", { desirableWeight: 0 }, answers, "ERR_RANGE"],
    ["no answers", {}, [], "ERR_MISSING"],
    ["one answer", {}, answers.slice(0, 1), "ERR_MISSING"],
    [
      "one held-out answer",
      { evaluation: { everySteps: 1, answers: [bare] } },
      answers,
      "ERR_MISSING",
    ],
    ["an empty answer", {}, [...answers, empty], "ERR_SHAPE"],
    ["an answer without a prompt", {}, [...answers, bare], "ERR_SHAPE"],
  ] as [string, Partial<KtoConfig>, typeof answers, string][])(
    "refuses %s",
    async (name, config, rows, code) => {
      const reference = name === "no reference" ? undefined : policy();
      const call = collect(policy(), { ...short, reference, ...config }, { rows });
      await expect(call).rejects.toMatchObject({ code });
    },
  );
});
