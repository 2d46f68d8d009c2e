/** @file Records that commands keep in folders of runs, and read again. */
import { hostname } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { inFile, inFolder, NEXT, partsOf, recordText, rowsText } from "../folder";
import type { Generator } from "../generator";
import {
  checkClaim,
  compareStudy,
  exportRuns,
  ownProcesses,
  pageSections,
  readRunRecord,
  resumeRows,
  rolloutFile,
  runFolder,
  runStages,
  watchRuns,
  writeModelCard,
} from "../inside-commands";
import { anyJson, count, manyLines, word } from "./json-values";

const keys = (n: number) => Object.fromEntries(count(n).map((i) => [`k${i}`, i]));
const json = JSON.stringify;

const run = {
  command: "pretrain",
  settings: { steps: 3, lr: 0.1 },
  data: { rows: "0" },
  files: ["model.safetensors", "model-*-of-*.safetensors", "metrics.jsonl", "checkpoints/"],
  work: ["metrics.jsonl", "checkpoints/"],
  fresh: ["checkpoints/"],
};
const record = (more: object = {}) => ({ version: 3, flags: { steps: 3 }, ...run, ...more });
const runRecord = recordText(fc.constant(record()));

/** Looks whether a command may go on in a folder with this record, and writes its model's card. */
const claim = (text: string) => {
  const [first = "", card] = partsOf(text);
  const files = { "run.json": first, "metrics.jsonl": "{}\n", "base/README.md": card ?? "" };
  return inFolder(files, async (folder) => {
    await checkClaim(folder, { ...run, resume: true, overwrite: false }, { flagNames: ["lr"] });
    const base = join(folder, "base");
    await writeModelCard(folder, {
      summary: "A model.",
      base,
      tags: [],
      texts: [],
      sizes: {},
      measured: {},
    });
  });
};

const stars = (n: number) =>
  record({ files: [`${"m*".repeat(n)}x`], work: [`${"m*".repeat(n)}x`] });

const settings = { seed: 1 };
const resume = (text: string) => {
  const [first = "", ...rest] = text.split("\n");
  return inFolder({ "rows.jsonl": rest.join("\n"), "rows.jsonl.run.json": first }, async (folder) =>
    (await resumeRows(join(folder, "rows.jsonl"), settings)).close(),
  );
};

/** Goes through two stages, of which the first has this result. */
const stages = (text: string) =>
  inFolder({ "run/results/first.json": text }, async (folder) => {
    const both = ["first", "second"].map((name) => ({ name, run: async () => 1 }));
    for await (const _ of runStages(runFolder(folder, "run"), both, {}));
  });

/** Processes that are gone; numbers below 1 and of others must end none. */
const gone = (host: string) =>
  fc.dictionary(
    word,
    fc.record({
      pid: fc.integer({ min: 2 ** 23, max: 2 ** 30 }),
      start: word,
      host: fc.constant(host),
    }),
    { maxKeys: 2 },
  );

const measured = (i: number) => ({
  stage: "pretrain",
  type: ["step-end", "eval-end", "load", "sample"][i % 4],
  step: i,
  time: "2026-01-01T00:00:00Z",
  loss: 3,
  seconds: 0.5,
  scalars: { accuracy: 0.5 },
  layers: [{ layer: "model.layers.1", counts: [1, 2], maxViolation: 0.1, droppedFraction: 0 }],
  prompt: "a",
  text: "b",
});
const metrics = rowsText(fc.nat(9).map(measured), fc.constant(measured(0)));

const silent = {
  title: () => undefined,
  note: () => undefined,
  task: () => ({ update: () => undefined, end: () => undefined }),
  finish: () => undefined,
  close: () => undefined,
};
const context = { progress: silent, write: () => undefined, signal: new AbortController().signal };

const exported = (text: string) =>
  inFolder({ "metrics.jsonl": text }, async (folder) => {
    for (const format of ["csv", "tensorboard"] as const)
      await exportRuns(
        { dir: [folder], format, out: undefined, overwrite: true, json: false } as never,
        context as never,
      );
  });

/** Watches a folder with a training and a study, and draws what it holds. */
const watched = (text: string) => {
  const [lines = "", own = "", mark = ""] = partsOf(text);
  const files = { "a/metrics.jsonl": lines, "a/run.json": own, "b/study.json": mark };
  return inFolder(files, async (folder) => {
    const watcher = watchRuns([folder]);
    await watcher.scan();
    for (const { draw } of pageSections(await watcher.read())) draw();
  });
};

const study = {
  name: "tiny",
  title: "Tiny",
  settings: { size: 1 },
  variants: [{ id: "a" }],
  async *run() {
    yield { type: "step" };
    return 1;
  },
};
const mark = (own: unknown = { size: 1 }) => ({ study: "tiny", version: 1, settings: own });

const compared = (text: string) =>
  inFolder({ "study.json": text }, (folder) =>
    compareStudy(
      study as never,
      { folder, settings: { size: 1 }, seeds: [0], workers: 1, report: {}, json: true } as never,
      context as never,
    ),
  );

export const runRecordGenerators: readonly Generator[] = [
  {
    door: "readRunRecord",
    form: "text",
    valid: runRecord,
    read: (text: string) => inFolder({ "run.json": text }, readRunRecord),
    orders: {
      settings: (n) => json(record({ settings: keys(n) })),
      files: (n) => json(record({ files: count(n).map(String) })),
    },
  },
  {
    door: "checkClaim",
    form: "text",
    valid: fc
      .tuple(runRecord, word)
      .map(([text, licence]) => `${text}${NEXT}---\nlicense: ${licence}\n---\n`),
    read: claim,
    orders: {
      "stars in a name": (n) => json(stars(n)),
      "settings that differ": (n) => json(record({ settings: keys(n) })),
    },
  },
  {
    door: "resumeRows",
    form: "text",
    valid: rowsText(fc.dictionary(word, anyJson, { maxKeys: 2 }), fc.constant(settings)),
    read: resume,
    orders: {
      rows: (n) => `${json(settings)}\n${manyLines(n, (row) => ({ row }))}`,
    },
  },
  {
    door: "runStages",
    form: "text",
    valid: recordText(anyJson),
    read: stages,
    orders: { keys: (n) => json(keys(n)) },
  },
  {
    door: "ownProcesses",
    form: "text",
    valid: recordText(fc.oneof(gone("elsewhere"), gone(hostname()))),
    read: (text: string) => inFolder({ "processes.json": text }, ownProcesses),
    orders: {
      processes: (n) =>
        json(
          Object.fromEntries(count(n).map((i) => [i, { pid: 2 ** 23 + i, start: "1", host: "a" }])),
        ),
    },
  },
  {
    door: "rolloutFile",
    form: "text",
    valid: rowsText(fc.nat(3).map((round) => ({ round, prompt: "a", text: "b", reward: 1 }))),
    read: (text: string) => inFile("rollouts.jsonl", text, (path) => rolloutFile(path).rewind(1)),
    orders: { rows: (n) => manyLines(n, (round) => ({ round })) },
  },
  {
    door: "exportRuns",
    form: "text",
    valid: metrics,
    read: exported,
    orders: {
      rows: (n) => manyLines(n, measured),
      layers: (n) => manyLines(1, () => ({ ...measured(2), layers: count(n) })),
    },
  },
  {
    door: "watchRuns",
    form: "text",
    valid: fc
      .tuple(metrics, runRecord, recordText(fc.constant(mark())))
      .map((parts) => parts.join(NEXT)),
    read: watched,
    orders: {
      rows: (n) => manyLines(n, measured),
      stages: (n) => manyLines(n, (i) => ({ ...measured(i), stage: `s${i}` })),
    },
  },
  {
    door: "compareStudy",
    form: "text",
    valid: recordText(fc.constant(mark())),
    read: compared,
    orders: { "settings that differ": (n) => json(mark(keys(n))) },
  },
];
