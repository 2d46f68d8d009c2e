import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPythonSandbox, type PythonSandbox } from "../../src/python";
import { buildChild } from "../python/support/build-child";
import { cheatingPrograms, near, sums } from "../python/support/cheating-programs";

let sandbox: PythonSandbox;
beforeAll(async () => {
  sandbox = await createPythonSandbox({ child: await buildChild(), limits: { seconds: 10 } });
});
afterAll(() => sandbox?.dispose());

const verdictOf = async (code: string, tests: string) =>
  (await sandbox.test({ language: "Python", code }, tests)).verdict;

it("are more than forty", () => {
  expect(cheatingPrograms.length).toBeGreaterThan(40);
});

describe("cheating programs", () => {
  it.each(cheatingPrograms.map((program, i) => [program.name, program, i] as const))(
    "do not pass, nor help or harm who comes next: %s",
    async (_, { code, tests = sums }, i) => {
      expect(["failed", "error", "killed"]).toContain(await verdictOf(code, tests));
      if (i % 5 < 4 || ![sums, near].includes(tests)) return;
      expect(await verdictOf("def add(a, b):\n    return a - b\n", tests)).toBe("failed");
      expect(await verdictOf("def add(a, b):\n    return a + b\n", tests)).toBe("passed");
    },
  );
});
