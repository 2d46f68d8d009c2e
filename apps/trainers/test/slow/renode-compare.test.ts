import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { call } from "../call";
import { writeCitationFolder } from "../renode/tiny-graphs";
import { expectStudyPage } from "../support/expect-study-page";

it("compare renode trains what its experiments need, and shows its claims", async () => {
  const cwd = await temporaryFolder();
  await writeCitationFolder(join(cwd, "data/cora"), 1);
  await writeCitationFolder(join(cwd, "data/citeseer"), 2);
  const tiny = ["compare", "renode", "--data", "data", "--initialisations", "1", "--seeds", "2"];
  const args = [...tiny, "--workers", "1", "--experiments", "ranges,levels", "--out", "run"];
  const { code, out, err } = await call(args, { cwd });
  expect(code).toBe(0);
  expect(err).toContain("copying the graphs");
  expect(out).toContain("gain: low conflict < middle conflict");
  const { results } = await expectStudyPage(join(cwd, "run"));
  expect(results.seeds).toEqual([1, 2]);
  expect(results.runs).toHaveLength(2 * 2 * (2 + 6));
  expect(results.claims).toHaveLength(4);
  expect(Object.keys(results.settings.data)).toEqual(["cora", "citeseer"]);
});
