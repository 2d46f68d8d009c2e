import { codeOf as anchors } from "../../../src/anchors/code";
import { address as ofAnchors } from "../../../src/anchors/state";
import { codeOf as code } from "../../../src/code/code";
import { fields as codeFields } from "../../../src/code/state";
import { codeOf as federated } from "../../../src/federated/code";
import { fields as federatedFields } from "../../../src/federated/state";
import { codeOf as graph } from "../../../src/graph/code";
import { readLabels } from "../../../src/graph/graph-data";
import type { RecordedGraph } from "../../../src/graph/recorded";
import { type State as GraphState, fields as graphFields } from "../../../src/graph/state";
import { codeOf as landing } from "../../../src/landing/code";
import { fields as landingFields } from "../../../src/landing/state";
import { codeOf as mixture } from "../../../src/mixture/code";
import { fields as mixtureFields } from "../../../src/mixture/state";
import { codeOf as model } from "../../../src/model/code";
import { shippedSource } from "../../../src/model/source";
import { type State as ModelState, fields as modelFields } from "../../../src/model/state";
import { codeOf as purify } from "../../../src/purify/code";
import { fields as purifyFields } from "../../../src/purify/state";
import { codeOf as scaling } from "../../../src/scaling/code";
import { fields as scalingFields } from "../../../src/scaling/state";
import { readRecorded } from "../../../src/site/read-recorded";
import type { Fields } from "../../../src/state/address-state";
import { codeOf as verifier } from "../../../src/verifier/code";
import { address as ofVerifier } from "../../../src/verifier/state";
import { codeOf as watermark } from "../../../src/watermark/code";
import { fields as watermarkFields } from "../../../src/watermark/state";

/** The programs of a page, and the fields of its state. */
export interface Program {
  fields: Fields;
  // biome-ignore lint/suspicious/noExplicitAny: states of any page
  codeOf(state: any): string;
}

const { graphs } = readRecorded<RecordedGraph>("graph");

const ofGraph = (state: GraphState): string => {
  const { graph: own, weighing } = graphs[state.graph];
  return graph(state, own, readLabels(state.labels) ?? weighing.labels);
};

/** All pages' programs, by their folders. */
export const programs: Record<string, Program> = {
  landing: { fields: landingFields, codeOf: landing },
  mixture: { fields: mixtureFields, codeOf: mixture },
  watermark: { fields: watermarkFields, codeOf: watermark },
  graph: { fields: graphFields, codeOf: ofGraph },
  anchors: { fields: ofAnchors.fields, codeOf: anchors },
  verifier: { fields: ofVerifier.fields, codeOf: verifier },
  code: { fields: codeFields, codeOf: code },
  purify: { fields: purifyFields, codeOf: purify },
  federated: { fields: federatedFields, codeOf: federated },
  scaling: { fields: scalingFields, codeOf: scaling },
  model: {
    fields: modelFields,
    codeOf: (state: ModelState) => model(state, shippedSource(state.from), false),
  },
};
