import { describeOptions } from "@deepgrain/vitest/unknown-options";
import * as api from "../src";

describeOptions(api, {
  applyAdapter: 2,
  switchAdapter: 2,
  openAdapter: 1,
  saveAdapter: 3,
  overlapMatrix: 2,
  sampleAgreement: 2,
  readTraces: 1,
  chrF: 2,
  scoresFromTotals: 1,
  scoreBlocks: 1,
  scoreExperts: 2,
  scoreRouters: 2,
  adapterSize: 2,
  freezeExcept: 2,
  selectExperts: 1,
  selectRandomExperts: 2,
  parseExpertConfig: 1,
  readExpertConfig: 1,
  readExpertScores: 1,
  parseSummary: 1,
});
