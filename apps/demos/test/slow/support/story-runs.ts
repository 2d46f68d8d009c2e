import { runState as runAnchors } from "../../../src/anchors/run-state";
import { runState as runCode } from "../../../src/code/run-state";
import { createSession as createCode } from "../../../src/code/session";
import { runState as runFederated } from "../../../src/federated/run-state";
import { createSession as createFederated } from "../../../src/federated/session";
import type { RecordedGraph } from "../../../src/graph/recorded";
import { runState as runGraph } from "../../../src/graph/run-state";
import { learnSentence } from "../../../src/landing/learn-sentence";
import { resultOf } from "../../../src/landing/run-state";
import { orderOf } from "../../../src/landing/state";
import { stateRunner as mixtureRunner } from "../../../src/mixture/run-state";
import { runState as runModel } from "../../../src/model/run-state";
import { runState as runPurify } from "../../../src/purify/run-state";
import { runState as runScaling } from "../../../src/scaling/run-state";
import { createSession as createScaling } from "../../../src/scaling/session";
import type { PageId } from "../../../src/site/document";
import { readRecorded } from "../../../src/site/read-recorded";
import { stateRunner as verifierRunner } from "../../../src/verifier/run-state";
import { createSession as createVerifier } from "../../../src/verifier/session";
import type { RecordedWatermark } from "../../../src/watermark/recorded";
import { runState as runWatermark } from "../../../src/watermark/run-state";
import {
  anchorsInNode,
  modelInNode,
  purifyInNode,
  readShipped,
  sandboxInNode,
  signal,
  watermarkInNode,
} from "./shipped";

/** What a state of a page with a story comes to, in Node. */
// biome-ignore lint/suspicious/noExplicitAny: states of any page
export const storyRuns: Partial<Record<PageId, (state: any) => Promise<unknown>>> = {
  anchors: (state) => runAnchors(anchorsInNode(), state, signal),
  code: async (state) => runCode(createCode(readShipped, await sandboxInNode()), state, signal),
  federated: (state) => runFederated(createFederated(readShipped), state, signal),
  index: (state) => resultOf(state, learnSentence(orderOf(state), signal)),
  model: (state) => runModel(modelInNode(), state, signal),
  purify: (state) => runPurify(purifyInNode(), state, signal),
  scaling: (state) =>
    runScaling(
      createScaling(() => readShipped("scaling.csv")),
      state,
    ),
  graph: (state) => runGraph(readRecorded<RecordedGraph>("graph").graphs, state, signal),
  mixture: mixtureRunner(readShipped, signal),
  verifier: verifierRunner(createVerifier(), signal),
  watermark: (state) =>
    runWatermark(
      watermarkInNode(),
      readRecorded<RecordedWatermark>("watermark").frontier,
      state,
      signal,
    ),
};
