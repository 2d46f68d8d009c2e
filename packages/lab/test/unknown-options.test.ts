import { describeOptions } from "@deepgrain/vitest/unknown-options";
import * as api from "../src";
import * as workers from "../src/workers/workers";
import * as bullmq from "../src/bullmq";

describeOptions(api, {
  "textTable": 1,
  "bars": 0,
  "curves": 0,
  "matrix": 0,
  "scatter": 0,
  "claimsText": 1,
  "judge": 2,
  "saveReport": 2,
  "runStudy": 1,
});

describeOptions(workers, {
  "workers": 0,
});

describeOptions(bullmq, {
  "queueExecutor": 0,
  "serveRuns": 0,
});
