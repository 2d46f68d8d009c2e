import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { afterEach, expect, it, vi } from "vitest";
import {
  englishSources,
  type ModelCard,
  ownTexts,
  writeModelCard,
} from "../../src/runs/model-card";

const card: ModelCard = {
  summary: "A model.",
  tags: ["llama"],
  language: "en",
  texts: [...englishSources, ownTexts("/home/me/data/mine.txt")],
  sizes: { parameters: 3_000_000, steps: undefined },
  measured: { "held-out loss": 3.21098765, other: null },
};
const read = (folder: string) => readFile(join(folder, "README.md"), "utf8");

const argv = ["node", "main.js", "pretrain", "--data", "/home/me/data/mine.txt", "--out", "a b"];
vi.stubGlobal("process", Object.create(process, { argv: { value: argv } }));
afterEach(() => vi.unstubAllGlobals());

it("has Hugging Face's front matter, data with licences, sizes, losses, command and version", async () => {
  const folder = await temporaryFolder();
  expect(await writeModelCard(folder, card)).toBe(true);
  const text = await read(folder);
  expect(text).toMatch(
    /^---\nlicense: unknown\nlanguage: en\nlibrary_name: deepgrain\ntags:\n- deepgrain\n- llama\n---\n/,
  );
  expect(text).toContain("Moby Dick");
  expect(text).toContain("Licence: PDDL-1.0");
  expect(text).toContain("`mine.txt`. Licence: not known");
  expect(text).not.toContain("/home/me");
  expect(text).toContain("- parameters: 3,000,000\n");
  expect(text).toContain("- held-out loss: 3.21099\n");
  expect(text).not.toMatch(/steps:|other:/);
  expect(text).toContain('```sh\ndeepgrain pretrain --data mine.txt --out "a b"\n```');
  expect(text).toMatch(/^deepgrain (\d+\.\d+\.\d+|from source)/m);
});

it("has no section of measurements where nothing was measured", async () => {
  const folder = await temporaryFolder();
  await writeModelCard(folder, { ...card, measured: { "held-out loss": undefined, other: null } });
  expect(await read(folder)).not.toContain("## Measured");
});

it("is replaced by a later one, but never when it was edited or is somebody else's", async () => {
  const folder = await temporaryFolder();
  await writeModelCard(folder, card);
  expect(await writeModelCard(folder, { ...card, summary: "Another." })).toBe(true);
  const text = await read(folder);
  expect(text).toContain("Another.");
  for (const foreign of [text.replace("Another.", "Mine."), "# My model\n", ""]) {
    await writeFile(join(folder, "README.md"), foreign);
    expect(await writeModelCard(folder, card)).toBe(false);
    expect(await read(folder)).toBe(foreign);
  }
});

it("names a base model of the hub, and takes its licence", async () => {
  const cache = await temporaryFolder();
  const base = join(cache, "models--owner--base", "snapshots", "0".repeat(40));
  await mkdir(base, { recursive: true });
  await writeFile(join(base, "README.md"), "---\nlicense: apache-2.0\ntags: []\n---\n# Base\n");
  const folder = await temporaryFolder();
  await writeModelCard(folder, { ...card, base, isAdapter: true });
  const text = await read(folder);
  expect(text).toContain("license: apache-2.0\n");
  expect(text).toContain("base_model: owner/base\nbase_model_relation: adapter\n");
});
