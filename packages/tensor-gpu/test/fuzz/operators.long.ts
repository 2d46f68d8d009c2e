import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { type FuzzCounts, fuzzOperator } from "./fuzz-operator";
import { OPERATORS } from "./operators-list";

/** `DEEPGRAIN_FUZZ_CASES` per operator; the first of them are those of the short run. */
const CASES = Number(process.env.DEEPGRAIN_FUZZ_CASES ?? 400);
const FOLDER = ".long-test";
const UNFINISHED = `${FOLDER}/fuzz-${CASES}-unfinished.json`;

function readProgress(): Record<string, FuzzCounts> {
  try {
    return JSON.parse(readFileSync(UNFINISHED, "utf8")) as Record<string, FuzzCounts>;
  } catch {
    return {}; // nothing was begun, or a kill left half a file
  }
}

const done = readProgress();

function note(name: string, counts: FuzzCounts): void {
  done[name] = counts;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${UNFINISHED}.tmp`, JSON.stringify(done));
  renameSync(`${UNFINISHED}.tmp`, UNFINISHED);
}

/** An interrupted run goes on where it was; one that is complete begins anew. */
describe(`${CASES} cases per operator and backend`, () => {
  it.each(Object.entries(OPERATORS))("%s", async (name, operator) => {
    const faults: string[] = [];
    const counts =
      done[name] ??
      (await fuzzOperator(name, operator, CASES, { onFault: (fault) => void faults.push(fault) }));
    expect(faults).toEqual([]);
    expect(counts.results + counts.errors).toBe(CASES);
    note(name, counts);
  });

  afterAll(() => {
    const all = Object.values(done);
    const total = (key: keyof FuzzCounts) => all.reduce((sum, counts) => sum + counts[key], 0);
    if (all.length < Object.keys(OPERATORS).length) return;
    const summary = {
      operators: all.length,
      cases: total("cases"),
      results: total("results"),
      errors: total("errors"),
    };
    writeFileSync(`${FOLDER}/fuzz.json`, JSON.stringify({ ...summary, byOperator: done }, null, 2));
    renameSync(UNFINISHED, `${FOLDER}/fuzz-${CASES}-finished.json`);
  });
});
