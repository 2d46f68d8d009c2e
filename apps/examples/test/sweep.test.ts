/** @file Every exported function and class of the public packages, called with what its users might pass by mistake. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { caseRunner, type Outcome } from "@deepgrain/vitest/hostile";
import { describe, expect, it } from "vitest";
import { packages } from "./support/public-entries";
import { bundlePackage } from "./support/sweep/bundle-package";
import { type Callable, publicCallables } from "./support/sweep/callables";

/** Names that may throw or accept something else, by the reason; at most 15. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  "are made by tensor() and its like, once per operator: a check would cost each of them": [
    "tensor-gpu/Tensor",
    "tensor-gpu/CompactTensor",
  ],
  "reads a file with the engine, whose errors it passes on": ["lm/loadLlama2c"],
  "reads a model with lm, whose errors it passes on": ["align/loadRewardModel"],
};

/** Objects of options that may have any names, or whose names others know, by the reason. */
const notRefused: Readonly<Record<string, readonly string[]>> = {
  "holds results or data, in which further names do no harm": [
    "fine-purify/evaluationLines 0",
    "fine-purify/tokenBatch 1",
    "fine-purify/withPattern 1",
    "lm/loraRank 0",
    "prm/worldSample 1",
    "watermark/attackText 1",
  ],
  "holds callbacks by the names of places in a model, of which a family may have others": [
    "lm/joinHooks 0",
  ],
  "is another library's configuration; the profile made of it refuses what it does not know": [
    "watermark/fromHuggingFace 0",
  ],
  "is a batcher's request: the batcher that is passed refuses what it does not know": [
    "lm/chat 3",
    "lm/chatTools 3",
    "lm/complete 3",
  ],
  "is handed to the model in a field of the object, which refuses what it does not know": [
    "align/RewardModel.prototype.scores 1",
    "prm/StepRewardModel.prototype.logits 1",
    "prm/StepRewardModel.prototype.outputs 1",
  ],
  "has options by the kind of baseline, which is read first": ["moe/createBaseline 0"],
  "has required members, which are read before the second object of options": [
    "moe/segmentExperts 0",
  ],
};

/** How every function and class is called. */
const ways = ["nothing", "null", "number", "text", "empty", "nulls", "empties"] as const;

interface Call extends Callable {
  way: (typeof ways)[number] | "unknown";
  /** Place of the unknown option. */
  at?: number;
}

/** Errors are thrown, not called: a check of their arguments would hide what they tell. */
const isCalled = ({ name, isClass }: Callable) => !(isClass && name.endsWith("Error"));

/** Methods are called with an option that does not exist only: the rest of their work is that of their object. */
const callsOf = (callables: readonly Callable[]): Call[] =>
  callables.flatMap((one) => [
    ...(one.isMethod ? [] : ways.map((way) => ({ ...one, way }))),
    ...one.optionsAt.map((at) => ({ ...one, way: "unknown" as const, at })),
  ]);

/** Whether success would be wrong: the declaration excludes what was passed. */
const isExcluded = ({ way, excludesNull, excludesEmpty }: Call) =>
  (way === "null" && excludesNull) || (way === "empty" && excludesEmpty);

/** Whether an error is of the package, or, where many arguments are wrong, of another one that it hands them to. */
const isTyped = ({ way }: Call, outcome: string) =>
  outcome.startsWith("ERR_") || (/^(nulls|empties)$/.test(way) && /\.error$/.test(outcome));

const open = new Set(Object.values(notRefused).flat());

function isRight(folder: string, call: Call, { outcome, message }: Outcome): boolean {
  if (call.way !== "unknown")
    return outcome === "result" ? !isExcluded(call) : isTyped(call, outcome);
  const isRefused = outcome === "ERR_ARGUMENT" && message.includes('unknown option "noSuchOption"');
  return isRefused !== open.has(`${folder}/${call.name} ${call.at}`);
}

/** Calls everything, each time in an empty folder. @returns a line for each call that did not end as it should */
async function complaints(package_: string, calls: readonly Call[], bundled: string) {
  const found: string[] = [];
  const runner = caseRunner(() => bundled);
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-sweep-"));
  try {
    for (const [i, call] of calls.entries()) {
      const own = join(folder, String(i));
      mkdirSync(own);
      const ended = await runner.run(i, own);
      const { entry, name, way, at = "" } = call;
      if (!isRight(package_, call, ended))
        found.push(`${entry} ${name}, ${way} ${at}: ${ended.outcome} ${ended.message}`);
    }
  } finally {
    runner.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return found;
}

describe("every exported function and class", () => {
  const known = new Set(Object.values(exceptions).flat());
  const all = publicCallables();

  it.each([...all.keys()])(
    "of %s ends with success or with the package's own error, and refuses options that it does not have",
    async (folder) => {
      const { entries, callables } = all.get(folder)!;
      const called = callables.filter(
        (one) => isCalled(one) && !known.has(`${folder}/${one.name}`),
      );
      const calls = callsOf(called);
      const home = join(packages, folder, ".vitest");
      mkdirSync(home, { recursive: true });
      const bundled = join(home, "sweep.mjs");
      await bundlePackage(folder, entries, calls, bundled);
      const found = await complaints(folder, calls, bundled);
      rmSync(bundled);
      const names = new Set(calls.map(({ name }) => name));
      const withOptions = new Set(calls.flatMap(({ name, at }) => (at === undefined ? [] : name)));
      process.stdout.write(
        `${folder}: ${names.size} functions, ${withOptions.size} of them with options, in ${calls.length} calls\n`,
      );
      expect(found).toEqual([]);
    },
  );

  it("finds options by their type, wherever they stand", () => {
    const named = (name: string) => {
      const [folder, own] = name.split("/") as [string, string];
      return all.get(folder)!.callables.find((one) => one.name === own)?.optionsAt;
    };
    for (const [name, at] of Object.entries({
      "moe/expertBalanceLoss": [1],
      "moe/deviceBalanceLoss": [1],
      "watermark/stealGreenLists": [2],
      "watermark/explainHtml": [2],
      "lab/svgFile": [1],
      "lm/CausalLM.prototype.forward": [1],
      "tensor-gpu/optim.AdamW": [1],
      "renode/renodeWeights.events": [1],
    }))
      expect(named(name), name).toEqual(at);
  });

  it("has at most 15 exceptions, each of which exists", () => {
    const names = [...all].flatMap(([folder, { callables }]) =>
      callables.flatMap(({ name, optionsAt }) => [
        `${folder}/${name}`,
        ...optionsAt.map((at) => `${folder}/${name} ${at}`),
      ]),
    );
    expect([...known, ...open].filter((name) => !names.includes(name))).toEqual([]);
    expect(known.size).toBeLessThanOrEqual(15);
    expect(open.size).toBeLessThanOrEqual(16);
  });
});
