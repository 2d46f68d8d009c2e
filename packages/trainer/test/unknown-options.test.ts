import { describeOptions } from "@deepgrain/vitest/unknown-options";
import * as api from "../src";

describeOptions(api, {
  "fit": 1,
  "trainStep": 2,
  "saveCheckpoint": 3,
});
