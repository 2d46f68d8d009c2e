import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { loadTokenizer } from "@deepgrain/lm";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { buildForTest } from "../build-for-test";
import { call } from "../call";

const model = () => shared("data/models/stories260K/stories260K.bin");
const tokenizer = () => shared("data/models/stories260K/tok512.bin");

async function convert(): Promise<string> {
  const cwd = await temporaryFolder();
  const { code, out, err } = await call(
    ["convert", model(), "--tokenizer", tokenizer(), "--out", "stories"],
    { cwd },
  );
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toBe(`${join(cwd, "stories")}\n`);
  return cwd;
}

describe.skipIf(sharedIsMissing)("stories260K through the command line", () => {
  it("continues a story word for word as llama2.c documents", async () => {
    const cwd = await convert();
    const args = [
      "generate",
      "--model",
      "stories",
      "--prompt",
      "Once upon a time",
      "--temperature",
      "0",
    ];
    const { code, out, err } = await call([...args, "--max-new-tokens", "60"], { cwd });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("Once upon a time, there was a little girl named Lily.");
  });

  it("takes the prompt from standard input and ends quietly when its reader has seen enough", async () => {
    const cwd = await convert();
    const program = await buildForTest();
    const command =
      'echo -n "Once upon" | node "$0" generate --model "$PWD/stories" --prompt - --temperature 0';
    const { stdout, stderr } = await promisify(execFile)(
      "bash",
      ["-c", `set -o pipefail; ${command} --max-new-tokens 400 | head -c 20`, program],
      { cwd },
    );
    expect({ stdout, stderr }).toEqual({ stdout: "Once upon a time, th", stderr: "" });
  });

  it("has a mean loss of 1.27 nats on the five TinyStories samples", async () => {
    const cwd = await convert();
    const folder = join(cwd, "stories");
    const encoder = await loadTokenizer(folder);
    const text = await readFile(shared("data/bpe/tinystories_sample.txt"), "utf8");
    const stories = text.split("<|endoftext|>").filter((story) => story.trim() !== "");
    let [total, tokens] = [0, 0];
    for (const story of stories) {
      const ids = encoder.encode(story.trim());
      await writeFile(join(cwd, "ids.json"), JSON.stringify({ input_ids: [ids] }));
      const { code } = await call(
        ["logits", "--model", folder, "--ids", "ids.json", "--out", "out.json"],
        { cwd },
      );
      expect(code).toBe(0);
      const { loss, logits } = JSON.parse(await readFile(join(cwd, "out.json"), "utf8"));
      expect(logits.shape).toEqual([1, ids.length, 512]);
      total += loss * (ids.length - 1);
      tokens += ids.length - 1;
    }
    expect(stories.length).toBe(5);
    expect(Math.abs(total / tokens - 1.27)).toBeLessThan(0.01);
  });
});
