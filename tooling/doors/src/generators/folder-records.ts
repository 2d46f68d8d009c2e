/** @file Records and journals that packages keep in folders. */
import { hostname } from "node:os";
import { evaluateTasks } from "@deepgrain/coder";
import { encodeSafetensors } from "@deepgrain/fedlt";
import { openJournal } from "@deepgrain/prm";
import { filesIn, saveFiles } from "@deepgrain/support/files";
import { acquireLock } from "@deepgrain/support/files/lock";
import { MemoryFolder } from "@deepgrain/vitest/memory-folder";
import fc from "fast-check";
import { inFile, inFolder, NEXT, partsOf, recordText, rowsText } from "../folder";
import type { Generator } from "../generator";
import {
  folderJournal,
  jsonPart,
  listCheckpoints,
  personalFolder,
  restoreCheckpoint,
  runStudy,
} from "../inside-commands";
import { anyJson, count, manyLines, word } from "./json-values";

const consume = async (events: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of events);
};

const keys = (n: number) => Object.fromEntries(count(n).map((i) => [`k${i}`, i]));
const json = JSON.stringify;

const sample = (i: number) => ({
  task_id: "a",
  sample: i,
  completion: "x",
  passed: true,
  result: "passed",
});
const task = { id: "a", prompt: "Add.", language: "js", tests: [] };
const judge = { test: async () => ({ verdict: "passed", reason: "" }) };

const readSamples = (text: string) =>
  consume(
    evaluateTasks([task] as never, async (_, { seeds }) => seeds.map(() => ""), judge as never, {
      journal: { lines: () => text.split("\n").slice(0, -1), append: async () => undefined },
    }),
  );

const accepted = (round: number) => ({
  type: "update-accepted",
  round,
  clientId: "a",
  checksum: "0",
});
const federation = (record: string) =>
  encodeSafetensors({
    tensors: new Map([["group::w", { shape: [1], data: new Float32Array(1) }]]),
    metadata: { fedlt: record },
  });
const federationRecord = (round: number) => ({
  run: { strategy: "s", seed: 1 },
  record: { round },
  values: {},
});

/** Loads a journal whose first line is the record of its checkpoint. */
const loadJournal = (text: string) => {
  const [record = "", ...rest] = text.split("\n");
  const files = {
    "round-000001.safetensors": federation(record),
    "journal.jsonl": rest.join("\n"),
  };
  return inFolder(files, async (folder) => {
    const journal = folderJournal(folder);
    await journal.load().finally(() => journal.close?.());
  });
};

const personal = (n: number, record: unknown) =>
  encodeSafetensors({
    tensors: new Map(
      count(n).map((i) => [
        `${i % 2 ? "" : "before::"}w${i}`,
        { shape: [1], data: new Float32Array(1) },
      ]),
    ),
    metadata: { personal: json(record) ?? "" },
  });
const last = { round: 1, received: "0" };

const header = { type: "run", version: 1, settings: { seed: 1 } };
const entry = (i: number) =>
  [
    {
      type: "completion",
      solution: "a",
      step: 0,
      index: i,
      text: "x",
      answer: null,
      correct: true,
    },
    { type: "step", solution: "a", step: i, value: 0.5 },
    { type: "solution", id: `s${i}`, steps: ["x"], estimates: [] },
  ][i % 3];

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
const mark = { study: "tiny", version: 1, settings: { size: 1 } };
const kept = (result: unknown) => ({
  study: "tiny",
  variant: "a",
  seed: 0,
  result,
  seconds: 1,
  provenance: {},
});

/** Runs a study in a folder with its mark and one run. */
const resumeStudy = (text: string) => {
  const [first, second] = partsOf(text);
  const files = { "study.json": first, "runs/a/seed-0.json": second };
  return inFolder(files, (folder) => consume(runStudy(study as never, { folder, seeds: [0] })));
};

const commit = (names: readonly string[]) => ({
  files: Object.fromEntries(names.map((name, i) => [name, `.deepgrain-0-${i}`])),
  removed: ["b"],
});

/** Reads the files of a folder whose last write was cut short after its record, then writes there. */
async function finishCommit(record: string) {
  const folder = new MemoryFolder();
  for (const [name, text] of [
    ["a", "old"],
    [".deepgrain-0-0", "new"],
    [".deepgrain-commit.json", record],
  ] as const) {
    const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
    await stream.write(new Blob([text]));
    await stream.close();
  }
  await filesIn(folder as never);
  await saveFiles(folder as never, new Map([["c", "more"]]));
}

const holder = fc.record({
  pid: fc.constantFrom(2 ** 30, 2 ** 53 - 1),
  start: word,
  host: fc.constant(hostname()), // of a process that is gone
  what: word,
  since: word,
});

const state = (parts: readonly string[]) => ({
  step: 3,
  generator: { seed: 1, offset: 0 },
  optimizerStep: 3,
  parts,
});
const noPart = { save: async () => undefined, restore: async () => undefined };
const optimizer = { state: async () => ({ step: 0 }), restore: () => undefined };

/** Restores a checkpoint from its state and that of a part. */
async function restore(text: string) {
  const [first = "", second = ""] = partsOf(text);
  const files = { "trainer_state.json": first, "part/state.json": second };
  const blobs = Object.entries(files).map(([name, part]) => [name, new Blob([part])] as const);
  const empty = new Blob([encodeSafetensors({ tensors: new Map() }) as Uint8Array<ArrayBuffer>]);
  const own = new Map([...blobs, ["optimizer.safetensors", empty] as const]);
  await listCheckpoints(new Map(Array.from(own, ([name, blob]) => [`step-000003/${name}`, blob])));
  await restoreCheckpoint(own, {
    weights: noPart,
    optimizer: optimizer as never,
    parts: {
      part: jsonPart(
        () => null,
        () => undefined,
      ),
    },
    generator: { state: () => ({ seed: 1, offset: 0 }), restore: () => undefined },
  });
}

export const folderGenerators: readonly Generator[] = [
  {
    door: "evaluateTasks",
    form: "text",
    valid: rowsText(fc.nat(3).map(sample), fc.constant(sample(0))),
    read: readSamples,
    orders: {
      rows: (n) => manyLines(n, sample),
      "rows of one sample": (n) => manyLines(n, () => sample(0)),
    },
  },
  {
    door: "folderJournal",
    form: "text",
    valid: rowsText(fc.nat(2).map(accepted), fc.constant(federationRecord(1))),
    read: loadJournal,
    orders: {
      rounds: (n) => `${json(federationRecord(1))}\n${manyLines(n, accepted)}`,
      "lines that are none": (n) => json(federationRecord(1)) + "\n{".repeat(n),
    },
  },
  {
    door: "personalFolder",
    form: "bytes",
    valid: fc
      .tuple(fc.nat(3), fc.oneof({ weight: 3, arbitrary: fc.constant(last) }, anyJson))
      .map(([n, record]) => personal(n, record)),
    read: (bytes: Uint8Array) =>
      inFolder({ "a.safetensors": bytes }, (folder) => personalFolder(folder).load("a")),
    orders: { tensors: (n) => personal(n, last) },
  },
  {
    door: "openJournal",
    form: "text",
    valid: rowsText(fc.nat(5).map(entry), fc.constant(header)),
    read: (text: string) =>
      inFile("journal.jsonl", text, async (path) =>
        (await openJournal(path, header.settings)).close(),
      ),
    orders: {
      entries: (n) => manyLines(1, () => header) + manyLines(n, entry),
      completions: (n) => manyLines(1, () => header) + manyLines(n, (i) => entry(3 * i)),
    },
  },
  {
    door: "runStudy",
    form: "text",
    valid: recordText(fc.nat(9).map(kept)).map((run) => json(mark) + NEXT + run),
    read: resumeStudy,
    orders: {
      "settings that differ": (n) => json({ ...mark, settings: keys(n) }),
    },
  },
  {
    door: "filesIn",
    form: "text",
    valid: recordText(fc.uniqueArray(word, { maxLength: 2 }).map((more) => commit(["a", ...more]))),
    read: finishCommit,
    orders: {
      files: (n) => json(commit(count(n).map((i) => `f${i}`))),
      removed: (n) => json({ files: {}, removed: count(n).map((i) => `f${i}`) }),
    },
  },
  {
    door: "acquireLock",
    form: "text",
    valid: recordText(holder),
    read: (text: string) =>
      inFile("lock", text, async (path) => (await acquireLock(path, { what: "a test" })).release()),
    orders: { keys: (n) => json({ pid: 2 ** 30, ...keys(n) }) },
  },
  {
    door: "listCheckpoints",
    form: "text",
    valid: recordText(fc.constant(state(["part"]))).map((text) => text + NEXT + json({ draws: 1 })),
    read: restore,
    orders: {
      parts: (n) => json(state(count(n).map(String))) + NEXT,
    },
  },
];
