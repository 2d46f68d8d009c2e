/** @file A command looks at its inputs and outputs; the modules that it loads afterwards keep the address that they have. */
import { execFile, execFileSync } from "node:child_process";
import { mkdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleForTest } from "../build-for-test";

const source = fileURLToPath(new URL("../support/linked-package-program.ts", import.meta.url));

describe.skipIf(process.platform === "win32")("a package behind a link is loaded once", () => {
  let folder: string;
  let address: string;
  beforeAll(async () => {
    folder = await bundleForTest({ program: source });
    const real = join(await realpath(folder), "package");
    await mkdir(real);
    await mkdir(join(folder, "node_modules"));
    await writeFile(join(real, "package.json"), `{ "name": "linked", "type": "module" }`);
    for (const name of ["first", "second"])
      await writeFile(join(real, `${name}.js`), "export const address = import.meta.url;");
    await symlink(real, join(folder, "node_modules/linked"));
    address = pathToFileURL(join(real, "second.js")).href;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The command's output; its standard streams are pipes. */
  async function printed(...args: string[]): Promise<string> {
    const program = [join(folder, "program.js"), "second", ...args];
    const line = `echo '{}' | "$0" "$@" 2> >(cat >&2)`;
    const run = promisify(execFile)("bash", ["-c", line, process.execPath, ...program]);
    return (await run).stdout;
  }

  it("whose output is a device", async () => {
    expect(await printed("--out", "/dev/null")).toBe(address);
  });

  it("whose input is a pipe with a name", async () => {
    const pipe = join(await temporaryFolder(), "pipe");
    execFileSync("mkfifo", [pipe]);
    expect(await printed("--in", pipe)).toBe(address);
  });

  it("whose configuration is a pipe with a name", async () => {
    const pipe = join(await temporaryFolder(), "pipe");
    execFileSync("mkfifo", [pipe]);
    const configuration = `in: ${process.execPath}\n`;
    const [text] = await Promise.all([printed("--config", pipe), writeFile(pipe, configuration)]);
    expect(text).toBe(address);
  });

  it("whose input is standard input", async () => {
    expect(await printed("--in", "-")).toBe(address);
  });
});
