import { describeOptions } from "@deepgrain/vitest/unknown-options";
import * as api from "../src";

describeOptions(api, {
  attentionAuc: 2,
  compress: 2,
  answerCompressed: 3,
  predictedConfusion: 2,
  diagnose: 2,
  evaluatePrompts: 2,
  promptFlows: 2,
  saliencyFlow: 2,
  tokenFlow: 0,
  isolate: 2,
  wordLoyalty: 2,
  attributionPatching: 3,
  logitLens: 2,
  buildPrompt: 3,
  blockPromptSet: 1,
  textPromptSet: 2,
  answerReweighted: 3,
  reweight: 2,
  answers: 2,
  blockPrompts: 1,
  reweightTrial: 2,
  siblingTrial: 2,
  trainTinyModel: 2,
  bertVizParameters: 2,
});
