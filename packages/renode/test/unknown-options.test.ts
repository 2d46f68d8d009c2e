import { describeOptions } from "@deepgrain/vitest/unknown-options";
import * as api from "../src";
import * as draw from "../src/draw";
import * as gnn from "../src/gnn";

describeOptions(api, {
  scoreGraph: 1,
  personalizedPagerank: 1,
  influenceShift: 1,
  labelPropagation: 1,
  totoro: 1,
  renodeWeights: 1,
  scheduleWeights: 1,
});

describeOptions(draw, {
  drawingPage: 1,
});

describeOptions(gnn, {
  fromGraph: 1,
  nodeLoss: 1,
  "new GraphSmote": 0,
  trainPprgo: 1,
  balancedSplit: 1,
  imbalanceLevels: 2,
  stepSplit: 1,
  trainNodes: 1,
  trainingWeights: 2,
});
