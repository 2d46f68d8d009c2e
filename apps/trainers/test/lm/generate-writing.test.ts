import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { beforeAll, describe, expect, it } from "vitest";
import { call } from "../call";

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
  await writeTinyModel(join(cwd, "m"));
  const properties = { a: { enum: ["x", "y"] }, n: { type: "integer", minimum: 3, maximum: 5 } };
  const required = ["a", "n"];
  const schema = { type: "object", properties, required, additionalProperties: false };
  await writeFile(join(cwd, "schema.json"), JSON.stringify(schema));
  await writeFile(join(cwd, "nothing.json"), '{"type":"string","enum":[1]}');
  return () => rm(cwd, { recursive: true, force: true });
});

const asked = ["generate", "--model", "m", "--prompt", "one two", "--max-new-tokens", "24"];

async function rows(...args: string[]) {
  const { code, out, err } = await call([...asked, ...args, "--json"], { cwd });
  expect(code, err).toBe(0);
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("generate", () => {
  it("writes --samples continuations, a row each, the first as it is alone", async () => {
    const [alone] = await rows("--seed", "4");
    const three = await rows("--seed", "4", "--samples", "3");
    expect(three.map(({ sample }) => sample)).toEqual([0, 1, 2]);
    expect(three[0].ids).toEqual(alone.ids);
    expect(new Set(three.map(({ text }) => text)).size).toBe(3);
    const { out } = await call([...asked, "--seed", "4", "--samples", "3"], { cwd });
    expect(out.split("one two").length - 1).toBeGreaterThanOrEqual(3);
  });

  it("ends at --stop without it, of several at the first", async () => {
    const [{ text: whole }] = await rows("--temperature", "0");
    const at = whole.slice(3, 4);
    const [{ text, stopped }] = await rows(
      "--temperature",
      "0",
      "--stop",
      "never there",
      "--stop",
      at,
    );
    expect(text).toBe(whole.slice(0, whole.indexOf(at)));
    expect(stopped).toBe("stop-string");
  });

  it("takes the likeliest token with --min-p 1", async () => {
    const [{ ids }] = await rows("--temperature", "0");
    expect((await rows("--min-p", "1", "--temperature", "1"))[0].ids).toEqual(ids);
  });

  it("tells --logprobs of each token and of the likeliest ones", async () => {
    const [{ ids, logprobs }] = await rows("--temperature", "0", "--logprobs", "2");
    expect(logprobs.map(({ id }: { id: number }) => id)).toEqual(ids);
    for (const { id, logprob, top } of logprobs) {
      expect(top).toHaveLength(2);
      expect(top[0]).toMatchObject({ id, logprob });
      expect(logprob).toBeLessThan(0);
    }
  });

  it("loads weights as --dtype says", async () => {
    const [{ logprobs: exact }] = await rows("--temperature", "0", "--logprobs", "0");
    for (const dtype of ["bfloat16", "int8"]) {
      const [{ logprobs }] = await rows("--temperature", "0", "--logprobs", "0", "--dtype", dtype);
      expect(logprobs[0].logprob).not.toBe(exact[0].logprob);
      expect(Math.abs(logprobs[0].logprob - exact[0].logprob)).toBeLessThan(0.2);
    }
    const [{ logprobs }] = await rows("--temperature", "0", "--logprobs", "0", "--dtype", "auto");
    expect(logprobs).toEqual(exact);
  });

  it("writes the same with a --draft model or n-grams, and tells what they saved", async () => {
    const [{ ids }] = await rows("--temperature", "0");
    const [byModel] = await rows("--temperature", "0", "--draft", "m");
    expect(byModel.ids).toEqual(ids);
    expect(byModel.drafts.accepted).toBe(byModel.drafts.drafted);
    expect(byModel.drafts.passes).toBeLessThan(ids.length);
    expect((await rows("--temperature", "0", "--draft", "ngram"))[0].ids).toEqual(ids);
  });

  it("follows a --schema, with --draft and --samples too, and refuses one that nothing satisfies", async () => {
    for (const more of [
      ["--temperature", "0"],
      ["--draft", "ngram"],
      ["--samples", "2"],
    ])
      for (const { text, stopped } of await rows("--schema", "schema.json", ...more)) {
        expect(stopped).toBe("eos");
        const { a, n } = JSON.parse(text);
        expect(["x", "y"]).toContain(a);
        expect([3, 4, 5]).toContain(n);
      }
    const { code, err } = await call([...asked, "--schema", "nothing.json"], { cwd });
    expect(code).toBe(1);
    expect(err).toContain("nothing satisfies the schema: #: no value of enum or const is allowed");
    const short = await call([...asked, "--schema", "schema.json", "--max-new-tokens", "4"], {
      cwd,
    });
    expect(short.code).toBe(2);
    expect(short.err).toContain("but --max-new-tokens is 4");
  });

  it.each([
    [["--logprobs", "1"], "--logprobs needs --json or --out"],
    [["--draft", "m", "--samples", "2"], "--draft writes one text"],
    [["--draft", "m", "--logprobs", "2", "--json"], "--draft writes one text"],
    [["--stop", ""], "--stop must not be empty"],
    [["--dtype", "int4"], "--dtype must be"],
    [["--dtype", "int8", "--adapter", "m"], "--adapter needs --dtype float32"],
    [["--samples", "0"], "--samples must be"],
    [["--min-p", "2"], "--min-p must be"],
  ])("refuses %j", async (more, message) => {
    const { code, err } = await call([...asked, ...more], { cwd });
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
