import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Command,
  type CommandGroup,
  loadEntry,
} from "@deepgrain/command-line/commands/define-command";
import { keptFlags, runFlagOf } from "@deepgrain/command-line/commands/resumed-flags";
import { writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { deepgrain } from "../../src/commands";
import { call } from "../call";
import { waitForText } from "../support/wait-for-text";

/** The words and the folder's flag of every command with a run that can be resumed. */
async function resumable(group: CommandGroup, words: string[] = []): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for (const [name, entry] of Object.entries(group.commands)) {
    const loaded: Command | CommandGroup = await loadEntry(entry);
    const own = [...words, name];
    if (loaded.kind === "group") found.push(...(await resumable(loaded, own)));
    else {
      const flag = runFlagOf(loaded.flags);
      if (flag !== undefined) found.push([own.join(" "), flag]);
    }
  }
  return found;
}

const commands = await resumable(deepgrain);

describe("--resume", () => {
  it("is a flag of every training, federation and annotation", () => {
    expect(commands.map(([words]) => words)).toEqual(
      expect.arrayContaining(["pretrain", "extend", "esft train", "fed lm", "prm annotate"]),
    );
    expect(commands.length).toBeGreaterThanOrEqual(16);
  });

  it.each(commands)(
    "of %s names the folder that holds no run, and makes nothing",
    async (words, flag) => {
      const cwd = await temporaryFolder();
      await mkdir(join(cwd, "void"));
      await writeFile(join(cwd, "file"), "");
      for (const folder of ["none", "void", "file", "deep/none"]) {
        const args = [...words.split(" "), "--resume", `--${flag}`, folder];
        const { code, out, err } = await call(args, { cwd });
        expect({ code, out }, folder).toEqual({ code: 2, out: "" });
        expect(err).toContain(`--resume: there is no run in ${join(cwd, folder)}`);
      }
      expect((await readdir(cwd)).sort()).toEqual(["file", "void"]);
      expect(await readdir(join(cwd, "void"))).toEqual([]);
    },
  );

  it("needs the folder, and does not go with --overwrite", async () => {
    expect((await call(["fed", "simulate", "--resume"])).err).toContain("--resume needs --out");
    const both = await call(["pretrain", "--out", "none", "--resume", "--overwrite"]);
    expect(both).toMatchObject({ code: 2, err: expect.stringContaining("either --resume or") });
  });
});

const small =
  "--tokenizer m --model-config m/config.json --steps 20 --batch-size 2 --sequence-length 32";

/** A folder with a model `m` and a text, and ways to train on it. */
async function library() {
  const cwd = await temporaryFolder();
  await writeTinyModel(join(cwd, "m"));
  await mkdir(join(cwd, "elsewhere"));
  const text = Array.from({ length: 400 }, (_, i) => `the number ${i} is not ${i + 1};`).join(" ");
  await writeFile(join(cwd, "text.txt"), text);
  const pretrain = (
    line: string,
    options: { from?: string; signal?: AbortSignal | undefined } = {},
  ) =>
    call(["pretrain", ...line.split(" ")], {
      cwd: join(cwd, options.from ?? "."),
      signal: options.signal,
    });
  const begin = (line: string, signal?: AbortSignal) =>
    pretrain(`--data text.txt ${small} ${line}`, { signal });
  const finished = async (line: string) => {
    const { code, err } = await begin(line);
    expect(code, err).toBe(0);
  };
  /** Begins a run, and interrupts it once its metrics show a step. */
  const interrupted = async (line: string, out: string, step: number) => {
    const stop = new AbortController();
    const running = begin(`${line} --out ${out}`, stop.signal);
    await waitForText(join(cwd, out, "metrics.jsonl"), `"step":${step},`);
    stop.abort(new Error("interrupted"));
    return running;
  };
  const weights = (out: string) => readFile(join(cwd, out, "model.safetensors"));
  return { cwd, pretrain, begin, finished, interrupted, weights };
}

describe("a run that was interrupted", () => {
  it("says how far it came and how to go on, and goes on by its folder alone to the same weights", async () => {
    const { finished, pretrain, interrupted, weights } = await library();
    await finished("--out whole");
    const stopped = await interrupted("--checkpoint-every 100", "s", 7);
    expect(stopped).toMatchObject({ code: 130, out: "" });
    const said = /^Stopped after step (\d+) of 20, saved\. Go on with: (.*)$/m.exec(stopped.err);
    expect(said?.[2]).toBe("deepgrain pretrain --out s --resume");
    expect(Number(said?.[1])).toBeGreaterThanOrEqual(7);
    const resumed = await pretrain("--resume --out ../s", { from: "elsewhere" });
    expect(resumed.code, resumed.err).toBe(0);
    expect(resumed.err).toContain(`goes on after step ${said?.[1]} of 20`);
    expect(await weights("s")).toEqual(await weights("whole"));
  });

  it("before its first step leaves nothing, and says so", async () => {
    const { cwd, begin } = await library();
    const stop = new AbortController();
    const running = begin("--out s", stop.signal);
    while (!existsSync(join(cwd, "s", "run.json"))) await new Promise((done) => setTimeout(done));
    stop.abort(new Error("interrupted"));
    const { code, err } = await running;
    expect(code).toBe(130);
    expect(err).toContain("Stopped before the first step; nothing is kept.");
    expect(existsSync(join(cwd, "s"))).toBe(false);
  });
});

describe("flags of a run that goes on", () => {
  it("must be those that it was begun with, but for intervals and more steps", async () => {
    const { finished, pretrain } = await library();
    await finished("--out s --steps 4 --lr 0.001");
    const refused = async (flags: string, said: string) => {
      const { code, err } = await pretrain(`--resume --out s ${flags}`);
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(said) });
    };
    await refused("--lr 0.1", "--lr was 0.001, is 0.1");
    await refused("--batch-size 3 --seed 4", "--batch-size was 2, is 3; --seed was 0, is 4");
    await refused("--steps 3", "--steps was 4, is 3 (--steps can only grow)");
    await refused("--data english", "data.texts");
    const longer = "--steps 6 --lr 0.001 --checkpoint-every 2 --evaluate-every 3 --json";
    const { code, out, err } = await pretrain(`--resume --out s ${longer}`);
    expect(code, err).toBe(0);
    expect(err).toContain("goes on after step 4 of 6");
    expect(JSON.parse(out)).toMatchObject({ out: expect.stringMatching(/s$/) });
    const { flags } = JSON.parse(await readFile(join(JSON.parse(out).out, "run.json"), "utf8"));
    expect(flags).toMatchObject({ steps: 6, lr: 0.001, evaluateEvery: 3 });
  });

  it("are of the command that began it", async () => {
    const { finished, cwd } = await library();
    await finished("--out s --steps 1");
    const { code, err } = await call(["extend", "--resume", "--out", "s"], { cwd });
    expect(code).toBe(2);
    expect(err).toContain("holds a run of `deepgrain pretrain`, not of `deepgrain extend`");
  });

  it("are kept without passwords, and without those of the call", async () => {
    const annotate = commands.find(([words]) => words === "prm annotate");
    expect(annotate).toBeDefined();
    const group = (await loadEntry(deepgrain.commands.prm!)) as CommandGroup;
    const { flags } = (await loadEntry(group.commands.annotate!)) as Command;
    const given = {
      out: "/run",
      resume: true,
      json: true,
      n: 3,
      model: undefined,
      queue: "redis://:secret@127.0.0.1:6379",
      endpoint: "http://127.0.0.1:8000/v1",
      temperature: flags.temperature!.fallback({ spelling: "", resolve: String }),
    };
    const kept = keptFlags(flags, given, { resolve: String });
    expect(kept).toEqual({ n: 3, queue: null, endpoint: "http://127.0.0.1:8000/v1" });
  });
});
