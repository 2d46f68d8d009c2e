import * as api from "@deepgrain/lab";
import * as threads from "@deepgrain/lab/workers";
import { describeOptions } from "@deepgrain/vitest/unknown-options";
import { expect, it } from "vitest";

describeOptions(
  { ...api, ...threads },
  {
    runStudy: 1,
    judge: 2,
    detectableDifference: 0,
    powerOf: 1,
    saveReport: 2,
    workers: 0,
    curves: 0,
    bars: 0,
    scatter: 0,
    matrix: 0,
    figure: 0,
  },
);

it("says which option was probably meant", async () => {
  const options = { folder: "none", seed: [1] };
  await expect(api.runStudy({} as never, options as never).next()).rejects.toThrow(
    'lab/runStudy: unknown option "seed"; did you mean "seeds"?',
  );
});
