import { describe, expect, it } from "vitest";
import { call, temporaryFolder } from "./call";

describe("a comparison", () => {
  it.each(["moe", "esft", "renode", "purify", "fed", "anchors", "prm"].map((g) => [g]))(
    "%s compare refuses two sizes and unknown experiments",
    async (group) => {
      const cwd = await temporaryFolder();
      const sizes = await call([group, "compare", "--quick", "--full"], { cwd });
      expect(sizes).toMatchObject({ code: 2, err: expect.stringContaining("--full") });
      const unknown = await call([group, "compare", "--quick", "--experiments", "Z-99"], { cwd });
      expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining("Z-99") });
    },
  );

  it("align compare, which has no experiments, refuses two sizes", async () => {
    expect((await call(["align", "compare", "--quick", "--full"])).code).toBe(2);
  });

  it("scaling sweep refuses two sizes and unknown experiments", async () => {
    const cwd = await temporaryFolder();
    expect((await call(["scaling", "sweep", "--quick", "--full"], { cwd })).code).toBe(2);
    const { code, err } = await call(["scaling", "sweep", "--experiments", "C-9"], { cwd });
    expect(code).toBe(2);
    expect(err).toContain("--experiments may name C-1, C-2, C-3, C-4, C-5, C-6, C-7");
  });

  it("of ESFT refuses unknown tasks", async () => {
    const { code, err } = await call(["esft", "compare", "--tasks", "latin"]);
    expect(code).toBe(2);
    expect(err).toContain("turkish, phones");
  });

  it("of ReNode refuses a folder without the graphs", async () => {
    const cwd = await temporaryFolder();
    const { code, err } = await call(["renode", "compare", "--data", "data", "--quick"], { cwd });
    expect(code).toBe(2);
    expect(err).toContain("--data must be a folder with cora");
  });
});
