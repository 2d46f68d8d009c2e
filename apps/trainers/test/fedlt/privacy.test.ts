import { describe, expect, it } from "vitest";
import { call } from "../call";

const spent = async (...args: string[]) =>
  JSON.parse((await call(["fed", "privacy", ...args, "--json"])).out);

describe("fed privacy", () => {
  it.each([
    [1.3, 3516, 1.19],
    [1.1, 14063, 3.01],
    [0.7, 10547, 7.12],
  ])("gives noise %d over %d rounds of q = 256/60000 ε %d", async (noise, steps, epsilon) => {
    const rate = String(256 / 60_000);
    const given = ["--sampling-rate", rate, "--noise-multiplier", `${noise}`, "--delta", "1e-5"];
    const result = await spent(...given, "--rounds", `${steps}`);
    expect(Math.abs(result.epsilon - epsilon)).toBeLessThan(0.02);
    expect(Object.keys(result)).toEqual(["epsilon", "order"]);
    expect(Number.isInteger(result.order)).toBe(true);
  });

  it("finds the noise that a guarantee needs", async () => {
    const given = ["--sampling-rate", "0.01", "--rounds", "1000", "--delta", "1e-6"];
    const { noiseMultiplier } = await spent(...given, "--epsilon", "2");
    const { epsilon } = await spent(...given, "--noise-multiplier", String(noiseMultiplier));
    expect(epsilon).toBeGreaterThan(1.99);
    expect(epsilon).toBeLessThanOrEqual(2);
  });

  it("wants either noise or guarantee, and prints a line without --json", async () => {
    const given = ["fed", "privacy", "--sampling-rate", "1", "--rounds", "1", "--delta", "0.1"];
    expect(await call(given)).toMatchObject({ code: 2, err: expect.stringContaining("either") });
    const { out } = await call([...given, "--noise-multiplier", "10"]);
    expect(out).toMatch(/^ε \d\.\d{3} at δ 0\.1/);
    expect(await call([...given, "--noise-multiplier", "0"])).toMatchObject({ code: 2 });
  });
});
