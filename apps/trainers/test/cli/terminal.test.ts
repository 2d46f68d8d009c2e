/** @file The command line as a process of its own: terminals, pipes, and what stands on which stream. */
import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildForTest } from "../build-for-test";
import { encoderFolders } from "../fine-purify/encoder-folders";
import { saveTinyChatModel } from "../support/tiny-chat-model";

let program: string;
beforeAll(async () => {
  program = await buildForTest();
});
afterAll(() => rm(dirname(program), { recursive: true, force: true }));

/** Runs a line of shell in which `deepgrain` is the command line. */
async function shell(line: string, cwd: string) {
  const define = `deepgrain() { ${JSON.stringify(process.execPath)} ${JSON.stringify(program)} "$@"; }`;
  const env = { ...process.env, INIT_CWD: cwd };
  return promisify(execFile)("bash", ["-c", `set -o pipefail; ${define}; ${line}`], { cwd, env });
}

const hasScript = (() => {
  try {
    return execFileSync("script", ["--version"], { encoding: "utf8" }).includes("util-linux");
  } catch {
    return false;
  }
})();

describe.skipIf(process.platform === "win32")("the command line in a pipe", () => {
  it("ends quietly when its reader has seen enough", async () => {
    const { stdout, stderr } = await shell("deepgrain generate --help | head -c 20", ".");
    expect({ stdout, stderr }).toEqual({ stdout: "Usage: deepgrain gen", stderr: "" });
  });

  it("has no colour", async () => {
    const { stdout } = await shell("deepgrain --help; deepgrain start --help", ".");
    expect(stdout).not.toContain("\u001b");
  });

  it("keeps answers on stdout and errors, with the command's name, on stderr", async () => {
    const failed = await shell("deepgrain esft trian", ".").catch((error) => error);
    expect(failed).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining(
        "deepgrain esft: unknown command 'trian' (Did you mean train?)",
      ),
    });
  });
});

describe.skipIf(process.platform === "win32")("generate", () => {
  it("reads the prompt from standard input", async () => {
    const cwd = await temporaryFolder();
    await saveTinyChatModel(join(cwd, "model"));
    const flags = "--temperature 0 --max-new-tokens 3";
    const given = await shell(`deepgrain generate --model model ${flags} --prompt hi`, cwd);
    const piped = await shell(
      `printf hi | deepgrain generate --model model ${flags} --prompt -`,
      cwd,
    );
    expect(piped).toEqual(given);
    expect(given.stdout.startsWith("hi")).toBe(true);
  });

  it("prints an error and nothing else where it cannot begin", async () => {
    const cwd = await temporaryFolder();
    await saveTinyChatModel(join(cwd, "model"));
    const line = `deepgrain generate --model model --prompt hi --max-new-tokens 99999`;
    const failed = await shell(line, cwd).catch((error) => error);
    expect(failed).toMatchObject({ code: 2, stdout: "" });
    expect(failed.stderr).toMatch(
      /^deepgrain generate: --max-new-tokens: .* exceed the model's 64 positions\nTry `.*`\.\n$/,
    );
  });
});

describe.skipIf(!hasScript)("the command line on a terminal", () => {
  it("redraws a line of progress, but not where NO_COLOR or TERM=dumb asks for plain text", async () => {
    const cwd = await temporaryFolder();
    await saveTinyChatModel(join(cwd, "model"));
    await writeFile(join(cwd, "text.txt"), "one two three four five ".repeat(200));
    const train = "pretrain --data text.txt --tokenizer model --steps 2 --sequence-length 32";
    const shown = async (setting: string) => {
      const inner = `${setting} INIT_CWD=. ${process.execPath} ${program} ${train} --overwrite --out o`;
      const { stdout } = await promisify(execFile)("script", ["-qec", inner, "/dev/null"], { cwd });
      expect(stdout).toContain("Pre-training");
      return stdout;
    };
    const redraw = "\r\u001b[2K";
    expect(await shown("env -u NO_COLOR TERM=xterm")).toContain(redraw);
    for (const setting of ["NO_COLOR=1 TERM=xterm", "TERM=dumb"])
      expect(await shown(setting), setting).not.toContain("\u001b");
  });

  it("shows control characters of names and texts as escapes, and gives them to a pipe as they are", async () => {
    const cwd = await temporaryFolder();
    await saveTinyChatModel(join(cwd, "model"));
    const clear = `"$(printf '\\033[2J')"`;
    const shown = async (args: string) => {
      const inner = `NO_COLOR=1 INIT_CWD=. ${process.execPath} ${program} ${args}`;
      const options = ["-qec", inner, "/dev/null"];
      return promisify(execFile)("script", options, { cwd }).catch((error) => error);
    };
    const missing = await shown(`logits --model ${clear} --ids x`);
    expect(missing.stdout).toMatch(/--model: there is no .*\\u001b\[2J/);
    const generate = `generate --model model --temperature 0 --max-new-tokens 1 --prompt ${clear}`;
    const { stdout } = await shown(generate);
    expect(stdout).toMatch(/^\\u001b\[2J/);
    for (const text of [missing.stdout, stdout]) expect(text).not.toContain("\u001b");
    const device = generate.replace(clear, `"$(printf '\\302\\233m')" --out /dev/tty`);
    expect((await shown(device)).stdout).toContain(`"prompt": "\\u009bm"`);
    expect((await shell(`deepgrain ${generate}`, cwd)).stdout).toMatch(/^.\[2J/);
  });

  it("fits its help and its tables into the width of stdout", async () => {
    const cwd = await temporaryFolder();
    const lines = [
      "deepgrain start --help",
      "deepgrain scaling plan --budget 1e20 --law deepseek --sequence-length 4096",
    ];
    for (const columns of [60, 100])
      for (const line of lines) {
        const inner = `stty cols ${columns}; ${line.replace("deepgrain", `${process.execPath} ${program}`)} 2>/dev/null`;
        const { stdout } = await promisify(execFile)("script", ["-qec", inner, "/dev/null"], {
          cwd,
        });
        const [shown] = stdout.split("Examples:"); // command lines stay whole, for copying
        const widest = Math.max(...shown!.split(/\r?\n/).map((row) => row.length));
        expect(widest, `${line} at ${columns}`).toBeLessThanOrEqual(columns);
        expect(widest).toBeGreaterThan(columns / 3);
      }
  });

  it("refuses a binary output there, writes nothing, and gives it to a pipe", async () => {
    const cwd = await temporaryFolder();
    await encoderFolders(cwd);
    const purify =
      "purify run --init init --finetuned finetuned --indicator random --rho 0.5 --out out --mask -";
    const inner = `INIT_CWD=. ${process.execPath} ${program} ${purify}`;
    const options = ["-qec", inner, "/dev/null"];
    const failed = await promisify(execFile)("script", options, { cwd }).catch((error) => error);
    expect(failed).toMatchObject({ code: 2 });
    expect(failed.stdout).toContain("binary: send standard output to a file or a pipe");
    expect(existsSync(join(cwd, "out"))).toBe(false);
    await shell(`deepgrain ${purify} > piped.safetensors`, cwd);
    await shell(`deepgrain ${purify.replace(/-$/, "file.safetensors")} --overwrite`, cwd);
    const mask = (name: string) => readFile(join(cwd, name));
    expect(await mask("piped.safetensors")).toEqual(await mask("file.safetensors"));
  });
});
