import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";

const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join("\n");

async function written(cwd: string, name: string) {
  const text = await readFile(join(cwd, name), "utf8");
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
}

describe("coder fim", () => {
  const texts = ["let a = 1;\n", "one <｜fim▁hole｜> two", "plain <|fim_hole|> text", "x"];

  it("moves middles, keeps other keys, drops documents with a sentinel, and names look-alikes", async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "d.jsonl"), lines(texts.map((text, i) => ({ text, id: i }))));
    const args = ["coder", "fim", "--data", "d.jsonl", "--rate", "1", "--out", "o.jsonl", "--json"];
    const { code, out, err } = await call(args, { cwd });
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toEqual({
      documents: 4,
      written: 3,
      moved: 3,
      dropped: 1,
      lookAlikes: 1,
    });
    expect(err).toContain("document 3: <|fim_hole|> is no sentinel, <｜fim▁hole｜> is");
    const rows = await written(cwd, "o.jsonl");
    expect(rows.map(({ id }) => id)).toEqual([0, 2, 3]);
    for (const { text, id } of rows) {
      const parts = /^<｜fim▁begin｜>([\s\S]*)<｜fim▁hole｜>([\s\S]*)<｜fim▁end｜>([\s\S]*)$/.exec(
        text,
      );
      expect(`${parts![1]}${parts![3]}${parts![2]}`).toBe(texts[id]);
    }
  });

  it("escapes sentinels where asked, and cuts the same for the same seed", async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "d.jsonl"), lines(texts.map((text) => ({ text }))));
    const args = ["coder", "fim", "--data", "d.jsonl", "--sentinels", "escape", "--rate", "0.5"];
    for (const out of ["a.jsonl", "b.jsonl"])
      expect((await call([...args, "--out", out], { cwd })).out).toContain("0 dropped");
    expect(await written(cwd, "a.jsonl")).toEqual(await written(cwd, "b.jsonl"));
    expect(await written(cwd, "a.jsonl")).toHaveLength(4);
  });
});

describe("coder order", () => {
  it("packs files behind what they import, with the marker of their language", async () => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, "r/node_modules/x"), { recursive: true });
    await writeFile(join(cwd, "r/main.js"), 'import { f } from "./util.js";\nf();\n');
    await writeFile(join(cwd, "r/util.js"), "export const f = () => 1;\n");
    await writeFile(join(cwd, "r/query.lua"), "return 1\n");
    await writeFile(join(cwd, "r/broken.js"), Buffer.from([0xff, 0xfe, 0x41]));
    await writeFile(join(cwd, "r/node_modules/x/index.js"), "foreign");
    const args = ["coder", "order", "--repository", "r", "--out", "o.jsonl", "--json"];
    const { code, out, err } = await call(args, { cwd });
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toEqual({ files: 3, dropped: 0, unreadable: 1, samples: 2 });
    const rows = await written(cwd, "o.jsonl");
    expect(rows.map(({ paths }) => paths)).toEqual([["util.js", "main.js"], ["query.lua"]]);
    expect(rows[0].text.startsWith("//util.js\n")).toBe(true);
    expect(rows[1].text.startsWith("--query.lua\n")).toBe(true);
  });

  it("follows the name of the package whose sources they are", async () => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, "p/src/v3"), { recursive: true });
    await writeFile(join(cwd, "p/package.json"), '{"name": "zod"}');
    await writeFile(join(cwd, "p/src/a.js"), 'import "zod/v3";\n');
    await writeFile(join(cwd, "p/src/v3/index.js"), "export {};\n");
    for (const folder of ["p", "p/src"]) {
      const args = ["coder", "order", "--repository", folder, "--out", "o.jsonl"];
      expect((await call(args, { cwd })).code).toBe(0);
      const groups = (await written(cwd, "o.jsonl")).map(({ paths }) => paths);
      const prefix = folder === "p" ? "src/" : "";
      expect(groups).toContainEqual([`${prefix}v3/index.js`, `${prefix}a.js`]);
    }
  });

  it("says so where there are no source files", async () => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, "r"));
    const args = ["coder", "order", "--repository", "r", "--out", "o.jsonl"];
    expect(await call(args, { cwd })).toMatchObject({
      code: 1,
      err: expect.stringContaining("holds no source files"),
    });
  });
});

describe("coder dedupe", () => {
  const words = (from: number, count = 60) =>
    Array.from({ length: count }, (_, i) => `word${from + i}`).join(" \n");

  it("drops what the filters, near-duplicates and tests tell it to, and says why", async () => {
    const cwd = await temporaryFolder();
    const rows = [
      { text: words(0), path: "a.py" },
      { text: `${words(0)} end`, path: "b.py" },
      { text: "1 2 3 4 5 6 7 8 9\n".repeat(20), path: "c.py" },
      { text: words(500), path: "d.py" },
      { text: '<?xml version="1.0"?>\n'.concat(words(900)), path: "e.xml" },
    ];
    const test = { id: "t", prompt: words(505, 10), language: "JavaScript", tests: "1;" };
    await writeFile(join(cwd, "d.jsonl"), lines(rows));
    await writeFile(join(cwd, "t.jsonl"), lines([test]));
    const args = ["coder", "dedupe", "--data", "d.jsonl", "--against", "t.jsonl"];
    const more = ["--out", "o.jsonl", "--dropped", "x.jsonl", "--json"];
    const { code, out, err } = await call([...args, ...more], { cwd });
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toEqual({
      documents: 5,
      kept: 1,
      dropped: { alphabetic: 1, xml: 1, "near-duplicate": 1, contaminated: 1 },
    });
    expect((await written(cwd, "o.jsonl")).map(({ path }) => path)).toEqual(["a.py"]);
    const dropped = await written(cwd, "x.jsonl");
    expect(dropped.find(({ by }) => by === "near-duplicate")).toMatchObject({
      row: 2,
      message: "of row 1",
    });
  });

  it("compares with documents that are no tasks too, and leaves out the filters where asked", async () => {
    const cwd = await temporaryFolder();
    await writeFile(
      join(cwd, "d.jsonl"),
      lines([{ text: "1 2 3 4 ".repeat(9) }, { text: words(3) }]),
    );
    await writeFile(join(cwd, "t.jsonl"), lines([{ text: words(10, 12) }]));
    const args = ["coder", "dedupe", "--data", "d.jsonl", "--no-filter", "--against", "t.jsonl"];
    const { out } = await call([...args, "--out", "o.jsonl", "--json"], { cwd });
    expect(JSON.parse(out)).toMatchObject({ kept: 1, dropped: { contaminated: 1 } });
  });

  it("names the line that is no document", async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "d.jsonl"), '{"text": "a"}\n{"txt": "b"}\n');
    const { code, err } = await call(["coder", "dedupe", "--data", "d.jsonl", "--out", "o.jsonl"], {
      cwd,
    });
    expect(code).not.toBe(0);
    expect(err).toContain("line 2");
  });
});
