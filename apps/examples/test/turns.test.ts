import { expect, it } from "vitest";
import { stoppableFunctions } from "./support/stoppable";

/** Functions by package that take a signal and do not give the event loop a turn yet. */
const missing: Readonly<Record<string, string>> = {
  fedlt:
    "collectUpdates finishFederation natsClient runFederation scoreStrategy trainLocal webSocketClient",
  "fine-purify":
    "adversarialMasks attackEncoder attackLoss causalPerplexities chooseRho cleanFisher defendEncoder defenderFisher diagonalFisher finePrune fineTune initialWeights maskedPerplexities onionFilter predictRows pretrainEncoder purify purifyFiles rapScreen rowProbabilities searchRho stripScreen trainRows tuneRapWord writeCleanFisher writeFisher",
  "icl-anchors":
    "answerCompressed answerReweighted answers attentionAuc collectVectors compress diagnose evaluatePrompts isolate labelAttention promptFlows reweight reweightTrial saliencyFlow siblingTrial trainTinyModel",
  renode:
    "influenceOperator influenceShift labelPropagation personalizedPagerank renodeWeights scoreGraph totoro trainNodes trainPprgo trainingWeights",
  "tensor-gpu":
    "fillTensor loadWeights openCheckpoint openFolder openGguf openInFolder openSafetensors openSource readLlama2c readLlama2cTokenizer readSafetensors readTensors saveTensors writeSafetensors",
  watermark: "calibrate compareSchemes",
};

it("gives the event loop a turn in every exported function that takes a signal", () => {
  const known = Object.entries(missing).flatMap(([name, functions]) =>
    functions.split(" ").map((own) => `${name}/${own}`),
  );
  const functions = stoppableFunctions();
  expect(functions.length).toBeGreaterThan(100);
  const without = functions.filter(({ takesTurns }) => !takesTurns).map(({ name }) => name);
  expect(without.filter((name) => !known.includes(name))).toEqual([]);
});
