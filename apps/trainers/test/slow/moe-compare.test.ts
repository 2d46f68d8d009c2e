import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { call } from "../call";
import { expectStudyPage } from "../support/expect-study-page";

it("compare deepseek-moe trains what its experiments need, once, and shows its claims", async () => {
  const cwd = await temporaryFolder();
  const tiny = [
    "compare",
    "deepseek-moe",
    "--quick",
    "--steps",
    "2",
    "--seeds",
    "2",
    "--workers",
    "1",
  ];
  const args = [...tiny, "--experiments", "A-5,A-6", "--out", "run"];
  const { code, out, err } = await call(args, { cwd });
  expect(err).toContain("4 runs");
  expect(code).toBe(0);
  expect(out).toContain("DeepSeekMoE < DeepSeekMoE, shared expert replaced");
  const trained = await readdir(join(cwd, "run", "runs"));
  expect(trained.sort()).toEqual(["deepseek-moe", "gshard-1.5"]);
  const { page, results } = await expectStudyPage(join(cwd, "run"));
  expect(results.seeds).toEqual([1, 2]);
  expect(results.runs).toHaveLength(4);
  expect(results.claims).toHaveLength(4);
  expect(page).toContain("1.808 &lt; 2.414");
});
