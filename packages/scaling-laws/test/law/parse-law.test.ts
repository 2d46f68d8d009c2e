import { describe, expect, it } from "vitest";
import { fitRuns, parseLaw, publishedLaws } from "../../src/index";
import { deepseekTruth, hyperGridRuns, isoFlopRuns, seeded } from "../support/synthetic";

const changed = (change: (law: Record<string, unknown>) => void): string => {
  const law = structuredClone(publishedLaws.chinchilla.law) as unknown as Record<string, unknown>;
  change(law);
  return JSON.stringify(law);
};

describe("parseLaw", () => {
  it("reads what fitRuns gave and JSON stored, and every published law", () => {
    const random = seeded(1);
    const runs = [
      ...isoFlopRuns(deepseekTruth, { noise: 0.001, random }),
      ...hyperGridRuns({ noise: 0.001, random }),
    ];
    const laws = [
      fitRuns(runs, { random, resamples: 20 }),
      ...Object.values(publishedLaws).map(({ law }) => law),
    ];
    for (const law of laws) expect(parseLaw(JSON.stringify(law))).toEqual(law);
  });

  it("names file and key of what is wrong", () => {
    const read = (text: string) => () => parseLaw(text, { file: "fit.json" });
    expect(read("{")).toThrow("fit.json: line 1: not JSON");
    expect(read("[]")).toThrow("fit.json, key (root): expected an object, got []");
    expect(read(changed((law) => delete law.loss))).toThrow(
      "key loss is missing: expected an object",
    );
    expect(read(changed((law) => Object.assign(law.loss as object, { floor: 3 })))).toThrow(
      "key loss.floor: expected an object, got 3",
    );
    const text = JSON.stringify(publishedLaws.deepseek.law);
    expect(read(text.replace("0.292", '"0.292"'))).toThrow(
      'key batchSize.coefficient.value: expected a finite number, got "0.292"',
    );
    expect(read(text.replace("0.1715", "-1"))).toThrow(
      "key allocation.model.coefficient.value: expected a number above 0, got -1",
    );
    expect(read(text.replace('"lower":null', '"lower":"x"'))).toThrow(
      expect.objectContaining({
        code: "ERR_FORMAT",
        message: expect.stringContaining("expected a finite number or null"),
      }),
    );
  });
});
