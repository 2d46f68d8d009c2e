import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { call } from "../call";
import { writeWrongInputs } from "../support/wrong-inputs";
import { federationCalls } from "./wrong-calls/federations";
import { generalCalls } from "./wrong-calls/general";
import { languageModelCalls } from "./wrong-calls/language-models";
import { methodCalls } from "./wrong-calls/methods";
import { specialistCalls } from "./wrong-calls/specialists";

const calls = [
  ...[generalCalls, languageModelCalls, specialistCalls, methodCalls, federationCalls].flat(),
];

let cwd: string;
let before: string[];
const names = async () => (await readdir(cwd, { recursive: true })).sort();

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "wrong-calls-"));
  await writeWrongInputs(cwd);
  before = await names();
  return () => rm(cwd, { recursive: true, force: true });
});

describe("a wrong call", () => {
  it("is here in at least 120 ways", () => {
    expect(new Set(calls.map(([line]) => line)).size).toBe(calls.length);
    expect(calls.length).toBeGreaterThanOrEqual(120);
  });

  const rows = calls.map(([line, code, ...says]) => [line, code, says] as const);
  it.each(rows)("`%s` ends with %i and says why", async (line, code, says) => {
    const { code: got, err } = await call(line.split(" "), { cwd });
    expect(got, err).toBe(code);
    for (const said of says) expect(err).toContain(said);
    expect(err).not.toMatch(
      /\b(lm|esft|prm|align|renode|watermark|files|options|support|coder|datasets|fedlt|fine-purify|icl-anchors|lab|moe|scaling-laws|serve|studies|tensor-gpu|trainer)\/\w/,
    );
    expect(err).not.toMatch(/ENOENT|✖|\bat .*\.ts:\d+/);
    const left = (await names()).filter((name) => !before.includes(name));
    for (const name of left) await rm(join(cwd, name), { recursive: true, force: true });
    expect(left).toEqual([]);
  });
});
