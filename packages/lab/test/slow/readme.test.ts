import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startValkey, valkeyIsMissing } from "@deepgrain/vitest/servers";
import { expect, it } from "vitest";
import { buildLab, bundle } from "../support/build-lab";

const readme = fileURLToPath(new URL("../../README.md", import.meta.url));

/** The blocks of the README by the file name in their first line. */
async function blocks(): Promise<Map<string, string>> {
  const all = (await readFile(readme, "utf8")).matchAll(/^```[jt]s\n\/\/ (\S+)\n([\s\S]*?)^```$/gm);
  return new Map([...all].map(([, name, code]) => [name!, code!]));
}

/** Writes the blocks into a project that has the package, and compiles them. */
async function project(port: number): Promise<string> {
  const lab = await buildLab();
  const folder = join(lab, "reader");
  await mkdir(folder);
  const entry: string[] = [];
  for (const [name, code] of await blocks()) {
    entry.push(join(folder, name));
    await writeFile(entry.at(-1)!, code.replace("port: 6379", `port: ${port}`));
  }
  await bundle({ entry, outDir: join(folder, "js"), external: [/^@deepgrain/], bundle: false });
  return join(folder, "js");
}

async function run(folder: string, name: string): Promise<string> {
  const program = spawn(process.execPath, [name], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = await text(program.stdout);
  const [code] = program.exitCode === null ? await once(program, "exit") : [program.exitCode];
  expect(code).toBe(0);
  return output.trim();
}

it("shows blocks that run as they stand and print what it says", async () => {
  const valkey = valkeyIsMissing ? undefined : await startValkey();
  try {
    const folder = await project(valkey?.connection.port ?? 0);
    const table = /^primary claim [\s\S]*?(?=\n```)/m.exec(await readFile(readme, "utf8"))![0];
    expect(await run(folder, "main.js")).toBe(table);
    expect(existsSync(join(folder, "descent", "report.html"))).toBe(true);
    expect(await run(folder, "threads.js")).toBe("6");
    if (valkey) expect(await run(folder, "queue.js")).toBe("momentum");
    expect(await run(folder, "seeds.js")).toBe("0.67\n1.6");
    expect(await run(folder, "chart.js")).toBe("");
    expect(await readFile(join(folder, "chart.html"), "utf8")).toContain("Loss by method");
  } finally {
    await valkey?.close();
  }
});
