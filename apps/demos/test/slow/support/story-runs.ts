import { runState as runFederated } from "../../../src/federated/run-state";
import { createSession as createFederated } from "../../../src/federated/session";
import type { RecordedGraph } from "../../../src/graph/recorded";
import { runState as runGraph } from "../../../src/graph/run-state";
import { stateRunner as mixtureRunner } from "../../../src/mixture/run-state";
import { runState as runPurify } from "../../../src/purify/run-state";
import type { PageId } from "../../../src/site/document";
import { readRecorded } from "../../../src/site/read-recorded";
import type { RecordedWatermark } from "../../../src/watermark/recorded";
import { runState as runWatermark } from "../../../src/watermark/run-state";
import { purifyInNode, readShipped, signal, watermarkInNode } from "./shipped";

/** What a state of a page with a story comes to, in Node. */
// biome-ignore lint/suspicious/noExplicitAny: states of any page
export const storyRuns: Partial<Record<PageId, (state: any) => Promise<unknown>>> = {
  federated: (state) => runFederated(createFederated(readShipped), state, signal),
  graph: (state) => runGraph(readRecorded<RecordedGraph>("graph").graphs, state, signal),
  mixture: mixtureRunner(readShipped, signal),
  purify: (state) => runPurify(purifyInNode(), state, signal),
  watermark: (state) =>
    runWatermark(
      watermarkInNode(),
      readRecorded<RecordedWatermark>("watermark").frontier,
      state,
      signal,
    ),
};
