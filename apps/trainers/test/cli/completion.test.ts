import { execFile, execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeAll, describe, expect, it } from "vitest";
import { deepgrain } from "../../src/commands";
import { call } from "../call";
import { leavesOf } from "../support/output-flags";

const scripts: Record<string, string> = {};
beforeAll(async () => {
  for (const shell of ["bash", "zsh", "fish"])
    scripts[shell] = (await call(["completion", shell])).out;
});

const has = (shell: string) => {
  try {
    return execFileSync(shell, ["--version"]).length > 0;
  } catch {
    return false;
  }
};

/** Bash's suggestions for the last of some words. */
async function offered(...words: string[]): Promise<string[]> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "deepgrain.bash"), scripts.bash!);
  await writeFile(join(folder, "a file.txt"), "");
  const line = `source ./deepgrain.bash; COMP_WORDS=(deepgrain "$@"); COMP_CWORD=$#; _deepgrain; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)("bash", ["-c", line, "bash", ...words], {
    cwd: folder,
  });
  return stdout.split("\n").filter((word) => word !== "");
}

describe.skipIf(!has("bash"))("deepgrain completion bash", () => {
  it("completes commands, and commands of a group", async () => {
    expect(await offered("pre")).toEqual(["pretrain"]);
    expect(await offered("esft", "s")).toEqual(["score", "select"]);
    expect(await offered("compare", "deepseek-m")).toEqual(["deepseek-moe"]);
  });

  it("completes the flags of the command that was typed, negated and short ones too", async () => {
    expect(await offered("pretrain", "--seq")).toEqual(["--sequence-length"]);
    expect(await offered("watermark", "embed", "--no-cap")).toEqual(["--no-capacity-check"]);
    expect(await offered("generate", "-")).toEqual(
      expect.arrayContaining(["-m", "-n", "-o", "--quiet", "--help"]),
    );
    expect(await offered("fed", "privacy", "--seq")).toEqual([]);
  });

  it("completes the values of choices, and files where a file is wanted", async () => {
    expect(await offered("generate", "--dtype", "b")).toEqual(["bfloat16"]);
    expect(await offered("generate", "--prompt", "de")).toEqual([]);
    expect(await offered("evaluate", "--tasks", "deep")).toEqual(["deepgrain.bash"]);
    expect(await offered("completion", "")).toEqual(["bash", "zsh", "fish"]);
  });

  it("ends a line of flags before the next one", async () => {
    expect(await offered("generate", "--model", "esft", "--max-new")).toEqual(["--max-new-tokens"]);
  });
});

describe.skipIf(!has("fish"))("deepgrain completion fish", () => {
  it.each([
    ["pre", ["pretrain"]],
    ["esft s", ["score", "select"]],
    ["pretrain --seq", ["--sequence-length"]],
    ["generate --dtype b", ["bfloat16"]],
    ["generate --model esft --max-new", ["--max-new-tokens"]],
  ])("completes %s", async (typed, wanted) => {
    const path = join(await temporaryFolder(), "deepgrain.fish");
    await writeFile(path, scripts.fish!);
    const line = `source ${path}; complete -C 'deepgrain ${typed}'`;
    const { stdout } = await promisify(execFile)("fish", ["--no-config", "-c", line]);
    const found = stdout.trim().split("\n");
    expect(found.map((suggestion) => suggestion.split("\t")[0])).toEqual(wanted);
  });
});

describe("the scripts for zsh and fish", () => {
  it.each(["zsh", "fish"])("%s: hold every flag of every command", async (shell) => {
    for (const { command } of await leavesOf(deepgrain))
      for (const [name, { kind, isIdle }] of Object.entries(command.flags)) {
        if (kind === "argument" || isIdle) continue;
        const long = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        expect(scripts[shell]).toContain(shell === "fish" ? `-l ${long} ` : `'--${long}[`);
      }
  });

  it.each(["zsh", "fish"])("%s: are ones that the shell can read", async (shell) => {
    if (!has(shell)) return;
    const path = join(await temporaryFolder(), "script");
    await writeFile(path, scripts[shell]!);
    await promisify(execFile)(shell, ["-n", path]);
  });
});

it("an unknown shell is refused, with those there are", async () => {
  const { code, err } = await call(["completion", "tcsh"]);
  expect(code).toBe(2);
  expect(err).toContain("must be one of bash, zsh, fish");
});
