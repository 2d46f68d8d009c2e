import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "./call";

describe("a comparison", () => {
  it.each(
    [
      "deepseek-moe",
      "esft",
      "renode",
      "fine-purify",
      "redgrape",
      "label-words",
      "math-shepherd",
      "deepseek-llm",
    ].map((paper) => [paper]),
  )("of %s refuses two sizes and unknown experiments", async (paper) => {
    const cwd = await temporaryFolder();
    const sizes = await call(["compare", paper, "--quick", "--full"], { cwd });
    expect(sizes).toMatchObject({ code: 2, err: expect.stringContaining("--full") });
    const unknown = await call(["compare", paper, "--quick", "--experiments", "Z-99"], { cwd });
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining("Z-99") });
  });

  it("of dpo, which has no experiments, refuses two sizes", async () => {
    expect((await call(["compare", "dpo", "--quick", "--full"])).code).toBe(2);
  });

  it("of ESFT refuses unknown tasks", async () => {
    const { code, err } = await call(["compare", "esft", "--tasks", "latin"]);
    expect(code).toBe(2);
    expect(err).toContain("numbers, phones, languages, turkish, german");
  });

  it("of ReNode refuses a folder without the graphs", async () => {
    const cwd = await temporaryFolder();
    const { code, err } = await call(["compare", "renode", "--data", "data", "--quick"], { cwd });
    expect(code).toBe(2);
    expect(err).toContain("--data: there is no");
  });
});
