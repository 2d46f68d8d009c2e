import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { call } from "../call";
import { expectStudyPage } from "../support/expect-study-page";

it("compare dpo learns preferences, keeps the KL under its bound, and shows its claims", async () => {
  const cwd = await temporaryFolder();
  const args = ["compare", "dpo", "--quick", "--workers", "1", "--out", "run", "--json"];
  const { code, out } = await call(args, { cwd });
  expect(code).toBe(0);
  const { claims, runs } = JSON.parse(out);
  expect(claims).toHaveLength(21);
  await expectStudyPage(join(cwd, "run"));
  const means = (key: string) =>
    runs.reduce(
      (sum: number, { result }: { result: Record<string, number> }) => sum + result[key]!,
      0,
    ) / runs.length;
  expect(means("accuracyAfter")).toBeGreaterThan(means("accuracyBefore") + 0.1);
  expect(means("winRate")).toBeGreaterThan(0.5);
  for (const { result } of runs) {
    expect(result.highestKl).toBeLessThanOrEqual(0.5);
    expect(result.kl).toBeLessThanOrEqual(result.highestKl);
  }
});
