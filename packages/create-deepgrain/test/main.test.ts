import { afterEach, expect, it, vi } from "vitest";

const { argv } = process;
afterEach(() => {
  process.argv = argv;
  process.exitCode = undefined;
  vi.restoreAllMocks();
  vi.resetModules();
});

/** Runs the program. @returns its exit code and what it prints */
async function run(...args: string[]) {
  const said = { out: "", err: "" };
  for (const [name, stream] of [
    ["out", process.stdout],
    ["err", process.stderr],
  ] as const)
    vi.spyOn(stream, "write").mockImplementation((text) => {
      said[name] += text;
      return true;
    });
  process.argv = [...argv.slice(0, 2), ...args];
  await import("../src/main");
  return { code: process.exitCode ?? 0, ...said };
}

it("ends with code 1 and one line for what it does not understand", async () => {
  const { code, out, err } = await run("nextjs", "my-app");
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/^create-deepgrain: unknown template "nextjs": [^\n]+\n$/);
});

it("ends with code 0 for --help", async () => {
  const { code, out, err } = await run("--help");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/^Usage: npm create deepgrain@latest <template> <folder>\n/);
});
