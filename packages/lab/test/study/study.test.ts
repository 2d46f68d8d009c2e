import { drain, runStudy, study } from "@deepgrain/lab";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { type CoinVariant, coins, score } from "../support/coin-study";

const variant = (id: string, more: Partial<CoinVariant> = {}): CoinVariant => ({
  id,
  bias: 1,
  ...more,
});

describe("a study", () => {
  it.each([
    ["a name that cannot be a file's", { name: "my/study" }, "letters, digits"],
    ["no variants", { variants: [], claims: [] }, "there are no variants"],
    [
      "an id above its folder",
      { variants: [variant("../x")], claims: [] },
      '"../x" cannot name a folder',
    ],
    ["an id twice", { variants: [variant("a"), variant("a")], claims: [] }, 'two variants "a"'],
    [
      "a variant before the one it comes after",
      { variants: [variant("a", { after: ["b"] }), variant("b")], claims: [] },
      '"a" comes after "b"',
    ],
    [
      "a claim about an unknown variant",
      { claims: [{ lower: score("fair"), higher: score("magic"), paper: "" }] },
      'no variant "magic"',
    ],
    [
      "a claim of an unknown experiment",
      {
        experiments: { "A-1": "First" },
        claims: [{ experiment: "A-2", lower: score("fair"), higher: score("loaded"), paper: "" }],
      },
      'no experiment "A-2"',
    ],
  ])("is refused with %s", (_, change, message) => {
    expect(() => study({ ...coins, ...change })).toThrow(message);
  });

  it("makes variants and claims from its settings", async () => {
    const sweep = study({
      ...coins,
      variants: ({ steps }) =>
        Array.from({ length: steps }, (_, i) => variant(`bias/${i}`, { bias: i })),
      claims: ({ steps }) => [
        { lower: score("bias/0"), higher: score(`bias/${steps - 1}`), paper: "0 < most" },
      ],
    });
    const folder = await temporaryFolder();
    const { runs } = await drain(runStudy(sweep, { folder, seeds: [1], settings: { steps: 2 } }));
    expect(runs.map((run) => run.variant)).toEqual(["bias/0", "bias/1"]);
  });
});

describe("the experiments of a study", () => {
  const large = study({
    ...coins,
    experiments: { "A-1": "Claims", "A-2": "Costs" },
    variants: [
      variant("base"),
      variant("fair", { after: ["base"] }),
      variant("loaded"),
      variant("extra", { experiments: ["A-2"] }),
    ],
    claims: [{ experiment: "A-1", lower: score("fair"), higher: score("loaded"), paper: "" }],
  });
  const variantsFor = async (experiments?: string[]) => {
    const folder = await temporaryFolder();
    const options = { folder, seeds: [1], ...(experiments ? { experiments } : {}) };
    return (await drain(runStudy(large, options))).runs.map((run) => run.variant);
  };

  it("run the variants of their claims, what these come after, and what names them", async () => {
    expect(await variantsFor(["A-1"])).toEqual(["base", "fair", "loaded"]);
    expect(await variantsFor(["A-2"])).toEqual(["extra"]);
    expect(await variantsFor()).toEqual(["base", "fair", "loaded", "extra"]);
  });

  it("are refused where unknown", async () => {
    await expect(variantsFor(["A-3"])).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
      message: 'lab: study "coins" has the experiments A-1, A-2, got "A-3"',
    });
  });
});
