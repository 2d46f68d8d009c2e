import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const entries = [
  ...["tensor-gpu", "trainer", "moe", "lm", "lm/ai-sdk", "align", "esft", "watermark", "renode"],
  ...["renode/draw", "renode/gnn", "scaling-laws", "lab", "lab/charts", "icl-anchors", "prm"],
  ...["prm/lm", "prm/world", "fine-purify", "fine-purify/encoders", "coder", "serve", "fedlt"],
  ...["fedlt/workers", "fedlt/secure", "fedlt/rounds", "datasets", "datasets/parsers"],
];

/** Arguments that most functions refuse. */
const unknown = { zzz: 1 };
const bad: readonly (readonly unknown[])[] = [
  ...[[], [null], [3], ["text"], [{}], [unknown], [{}, {}], [{}, unknown], [[], {}]],
  ...[
    [[1, 2], unknown],
    [null, null, null],
    [{}, {}, unknown],
    ["a", "b", unknown],
  ],
];

/** Names that a message may bear instead of the function: the input that is wrong, the device, or the operator of an engine. */
const places = new Set([
  ...["files", "data", "taskData", "profile", "payload", "key", "lora", "checkpoint", "gpu"],
  ...["webgpu", "attention", "router", "reedSolomon", "solution"],
]);

/**
 * Public functions that another one calls with what it was given, and says so: their names are known to its callers.
 * Every other message names the function that was called.
 */
const passedOn: Readonly<Record<string, readonly string[]>> = {
  assertGguf: ["saveGguf"],
  encodeUnpaired: ["encodeConversation"],
  manualSeed: ["Generator"],
  openFolder: ["openCheckpoint"],
  updateBias: ["balancedBias"],
  measuringBatches: ["packWhole"],
  trainTokenizer: ["trainBpe"],
  loadRewardModel: ["loadModel"],
  readExpertScores: ["readTraces"],
  createKeyRing: ["createKey"],
  vectors: ["createWatermark"],
  checkAnswer: ["createAnswerChecker"],
  scoreGraph: ["renodeWeights"],
  parametricFit: ["fitParametric"],
  fitRuns: ["fitReport"],
  compareMeasures: ["flopsPerToken"],
  forecastLoss: ["fitParametric", "measureRuns"],
  importRuns: ["parseRuns"],
  gsm8k: ["jsonlFile"],
  parseGsm8k: ["parseJsonl"],
};

/** Never called: `rsCodeFor` of nothing does not return. */
const left = new Set(["rsCodeFor"]);

type Callable = (...args: unknown[]) => unknown;
type Constructable = new (...args: unknown[]) => unknown;

/** The error of a call, of its promise or of the first step of what it returns; undefined if there is none. */
async function errorOf(callable: Callable, args: readonly unknown[]): Promise<unknown> {
  const isClass = /^class\b/.test(Function.prototype.toString.call(callable));
  const work = async () => {
    const made = await (isClass
      ? new (callable as unknown as Constructable)(...args)
      : callable(...args));
    const steps = (made as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator];
    if (steps) await steps.call(made).next();
  };
  const ended = new AbortController();
  const patience = new Promise<undefined>((resolve) => {
    const timer = setTimeout(resolve, 1500, undefined);
    ended.signal.addEventListener("abort", () => clearTimeout(timer));
  });
  try {
    return await Promise.race([work().then(() => undefined), patience]);
  } catch (error) {
    return error;
  } finally {
    ended.abort();
  }
}

interface Said {
  readonly entry: string;
  readonly called: string;
  readonly message: string;
}

/** The name after that of the package. */
const namedIn = (message: string) => /^[a-z-]+\/([\w.]+)/.exec(message)?.[1] ?? "";

/** The messages of a module's errors; those of other libraries and of JavaScript are left out. */
async function messagesOf(entry: string): Promise<Said[]> {
  const module = (await import(/* @vite-ignore */ `@deepgrain/${entry}`)) as Record<
    string,
    unknown
  >;
  const said: Said[] = [];
  for (const [called, callable] of Object.entries(module)) {
    if (typeof callable !== "function" || left.has(called)) continue;
    for (const args of bad) {
      const error = await errorOf(callable as Callable, args);
      const { code, message } = (error ?? {}) as { code?: unknown; message?: string };
      if (typeof code === "string" && /^ERR_[A-Z_]+$/.test(code) && /^[a-z-]+[/:]/.test(message!))
        said.push({ entry, called, message: message! });
    }
  }
  return said;
}

describe("messages of errors", () => {
  const said: Said[] = [];
  const start = process.cwd();
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "deepgrain-messages-"));
    process.chdir(folder);
    for (const entry of entries) said.push(...(await messagesOf(entry)));
  });

  afterAll(async () => {
    process.chdir(start);
    await rm(folder, { recursive: true });
  });

  it("name their package once", () => {
    expect(said.length).toBeGreaterThan(2000);
    const doubled = said.filter(({ message }) => /(?:^|\s)([a-z-]+)\/\1\//.test(message));
    expect(doubled).toEqual([]);
  });

  it("begin with the function that was called, one that it passes its arguments on to, or the input that is wrong", () => {
    const strange = said.flatMap(({ entry, called, message }) => {
      const named = namedIn(message);
      const isRight =
        named === called ||
        passedOn[called]?.includes(named) ||
        places.has(named) ||
        message.startsWith("files: ");
      return isRight ? [] : [`${entry} ${called}: ${message.slice(0, 90)}`];
    });
    expect([...new Set(strange)]).toEqual([]);
  });

  it("pass arguments on as listed", () => {
    const seen = new Set(said.map(({ called, message }) => `${called} ${namedIn(message)}`));
    const listed = Object.entries(passedOn).flatMap(([called, others]) =>
      others.map((other) => `${called} ${other}`),
    );
    expect(listed.filter((pair) => !seen.has(pair))).toEqual([]);
  });

  it("blame no layer of another package for the arguments of a model", () => {
    const inner = said.filter(
      ({ entry, message }) =>
        !entry.startsWith("tensor-gpu") &&
        /^tensor-gpu\/(Embedding|Linear|LayerNorm|RMSNorm)\b/.test(message),
    );
    expect(inner).toEqual([]);
  });
});
