import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { watermark } from "../../src/watermark/commands";
import { call } from "../call";
import { leavesOf } from "../support/output-flags";
import { bench, vocabSize } from "./tiny-model";

const mpac = { scheme: "mpac", vocab_size: vocabSize, message_bits: 16, bias: 4 };
const embedding = ["embed", "--model", "model", "--profile", "p.json", "--key-file", "key.hex"];
const payload = ["--codec", "integer", "--payload", "201", "--prompt", "The"];

describe("embed", () => {
  it("reads its own text and says that it decodes, beside a count and an estimate of the tokens needed", async () => {
    const { attempt, save } = await bench();
    await save("p.json", mpac);
    const { code, err } = await attempt(
      ...embedding,
      ...payload,
      ...["--forbid-eos", "--max-new-tokens", "250", "--out", "marked.json"],
    );
    expect(code).toBe(0);
    expect(err).toMatch(
      /capacity: 16 bits need \d+ tokens where every token is free to be marked; an estimate from one sampled text: \d+ tokens/,
    );
    expect(err).toContain("decodes: yes");
  });

  it("fails where the text does not decode, with what was read and the flag to raise", async () => {
    const { attempt, save, cwd } = await bench();
    await save("p.json", { ...mpac, bias: 0.2 });
    const { code, err } = await attempt(
      ...embedding,
      ...payload,
      ...["--forbid-eos", "--no-capacity-check", "--max-new-tokens", "40", "--out", "marked.json"],
    );
    expect(code).toBe(1);
    expect(err).toContain("does not decode");
    expect(err).toMatch(/bits {7}[01]{16}\n {2}confidence (\.\d\d|\?|1\.00)/);
    expect(err).toMatch(/candidates [01]{16} \(score/);
    expect(err).toContain("raise --max-new-tokens above 40");
    const { texts } = JSON.parse(await readFile(join(cwd, "marked.json"), "utf8"));
    expect(texts[0].decodes).toBe(false);
  });

  it.skipIf(sharedIsMissing)(
    "runs the third example of its help as written",
    async () => {
      const embed = (await leavesOf(watermark)).find(({ name }) => name === "embed")!;
      const example = embed.command.examples[2]!;
      const [command = "", comment = ""] = example.split("   # ");
      const cwd = await temporaryFolder();
      await writeFile(join(cwd, "mpac.json"), comment.replace("mpac.json: ", ""));
      await writeFile(join(cwd, "key.hex"), "00112233445566778899aabbccddeeff");
      const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, plain]) => quoted ?? plain!,
      );
      const args = words.map((word) => (word === "DIR" ? shared("data/models/stories260K") : word));
      const { code, err } = await call(args, { cwd });
      expect(err).toContain("decodes: yes");
      expect(code).toBe(0);
    },
    60_000,
  );
});

describe("decode", () => {
  it("fails where a marked text's checksum does not match", async () => {
    const { attempt, run, save, cwd } = await bench();
    await save("p.json", mpac);
    // Sixteen bits of no codec: as an integer they have a wrong checksum.
    const bits = ["--payload", "1011001110001111", "--prompt", "The", "--forbid-eos"];
    await run(...embedding, ...bits, "--max-new-tokens", "250", "--out", "marked.json");
    const reading = ["--profile", "p.json", "--key-file", "key.hex", "--in", "marked.json"];
    const { code, out, err } = await attempt(
      ...["decode", ...reading, "--codec", "integer", "--out", "read.json"],
    );
    expect(code).toBe(1);
    expect(out).toContain("found: p = ");
    expect(err).toContain("is marked, but was misread");
    expect(err).toContain("bits       1011001110001111");
    expect(err).toContain("raise --max-new-tokens");
    expect(
      JSON.parse(await readFile(join(cwd, "read.json"), "utf8")).results[0].payload,
    ).toBeNull();
  });
});

describe("z", () => {
  it.each([
    [{ scheme: "kgw", vocab_size: vocabSize }, [], true],
    [{ scheme: "kgw", vocab_size: vocabSize }, ["--windows", "50"], false],
    [{ scheme: "exp", vocab_size: vocabSize }, [], false],
    [mpac, [], false],
  ])("is printed only where it is a standard normal (%o %s)", async (profile, flags, isShown) => {
    const { attempt, save } = await bench();
    await save("p.json", profile);
    const args = ["detect", "--profile", "p.json", "--key-file", "key.hex", "--tokenizer", "model"];
    const { code, out } = await attempt(...args, ...flags, "--in", "human.txt");
    expect(code).toBe(1);
    expect(out.includes("z = ")).toBe(isShown);
  });
});
