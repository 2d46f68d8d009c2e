import { afterAll, beforeEach, describe, expect, it, type TestContext } from "vitest";
import type { Backend } from "../../../src/backend/backend";
import type { Kernels } from "../../../src/backend/kernels";
import type { Shortcuts } from "../../../src/backend/shortcuts";
import { createJsBackend } from "../../../src/js";
import { withAllKernels } from "../../support/with-all-kernels";
import { type Agreement, createAgreement, type Extent } from "./agreement";
import { attentionCases } from "./cases/attention";
import { binaryCases } from "./cases/binary";
import { crossEntropyCases } from "./cases/cross-entropy";
import { edgeCases } from "./cases/edges";
import { expertCases } from "./cases/experts";
import { gatherCases } from "./cases/gather";
import { gemmCases } from "./cases/gemm";
import { groupedGemmCases } from "./cases/grouped-gemm";
import { imageCases } from "./cases/images";
import { memoryCases } from "./cases/memory";
import { normCases } from "./cases/norms";
import { optimiserCases } from "./cases/optimisers";
import { randomCases } from "./cases/random";
import { reduceCases } from "./cases/reduce";
import { segmentCases } from "./cases/segments";
import { shortcutCases } from "./cases/shortcuts";
import { softmaxCases } from "./cases/softmax";
import { specialPlaceCases } from "./cases/special-places";
import { specialCases } from "./cases/specials";
import { swigluCases } from "./cases/swiglu";
import { unaryCases } from "./cases/unary";
import { attentionFacts } from "./known/attention";
import { type Bench, createBench } from "./known/bench";
import { composedOptimiserFacts } from "./known/composed-optimisers";
import { convGroupFacts } from "./known/conv-groups";
import { convolutionFacts } from "./known/convolutions";
import { crossEntropyFacts } from "./known/cross-entropy";
import { cumprodFacts } from "./known/cumprod";
import { elementwiseFacts } from "./known/elementwise";
import { matrixFacts } from "./known/gemm";
import { imageFacts } from "./known/images";
import { interpolationFacts } from "./known/interpolation";
import { optimiserFacts } from "./known/optimisers";
import { placeFacts } from "./known/places";
import { randomFacts } from "./known/random";
import { reductionFacts } from "./known/reduce";
import { rowFacts } from "./known/rows";
import { storageFacts } from "./known/storage";
import { unaryFacts } from "./known/unary";

const GROUPS: Record<string, (agreement: Agreement) => void> = {
  memory: memoryCases,
  unary: unaryCases,
  binary: binaryCases,
  swiglu: swigluCases,
  random: randomCases,
  reduce: reduceCases,
  gemm: gemmCases,
  "grouped gemm": groupedGemmCases,
  softmax: softmaxCases,
  "cross-entropy": crossEntropyCases,
  norms: normCases,
  attention: attentionCases,
  gather: gatherCases,
  segments: segmentCases,
  experts: expertCases,
  images: imageCases,
  optimisers: optimiserCases,
  "special values": specialCases,
  "special values in their places": specialPlaceCases,
};

/** Values worked by hand, formulas in double precision, and their gradients by differences. */
const FACTS: Record<string, (bench: Bench) => void> = {
  storage: storageFacts,
  unary: unaryFacts,
  elementwise: elementwiseFacts,
  reductions: reductionFacts,
  matrices: matrixFacts,
  rows: rowFacts,
  attention: attentionFacts,
  "gather, segments and experts": placeFacts,
  images: imageFacts,
  convolutions: convolutionFacts,
  optimisers: optimiserFacts,
  "grouped and transposed convolutions": convGroupFacts,
  "bilinear interpolation": interpolationFacts,
  "cross-entropy with weights and probabilities": crossEntropyFacts,
  cumprod: cumprodFacts,
  "optimisers made of operators": composedOptimiserFacts,
  random: randomFacts,
};

/** Kernels that read no float32. */
const WITHOUT_FLOATS = ["fill", "random", "firstOutOfRange", "countingSort"];

/** The same backend, on which a test is skipped as soon as it calls one of `lacks`. */
function skippingBackend(backend: Backend, lacks: readonly (keyof Kernels)[]): Backend {
  let test: TestContext | undefined;
  beforeEach((context) => {
    test = context;
  });
  const skips = lacks.map((name) => [name, () => test?.skip(`the backend has no ${name}`)]);
  return { ...backend, kernels: { ...backend.kernels, ...Object.fromEntries(skips) } };
}

/**
 * The tests of every backend: the same numbers as the `js` backend, and what can be known without it.
 *
 * @param extent.lacks kernels that it does not have and must refuse
 * @param extent.share of the cases that `js` is asked, below 1 for a backend that all are run on elsewhere: then nothing else
 */
export function describeBackend(
  name: string,
  createBackend: () => Backend,
  extent: Extent = {},
): void {
  const { lacks = [], share = 1 } = extent;
  describe(`backend ${name}`, () => {
    const backend = withAllKernels(createBackend());
    const reference = backend.name === "js" ? backend : createJsBackend();
    afterAll(async () => {
      await backend.dispose();
      await reference.dispose();
    });

    const bench = createBench(lacks.length > 0 ? skippingBackend(backend, lacks) : backend);
    if (share === 1)
      for (const [group, addFacts] of Object.entries(FACTS))
        describe(`known ${group}`, () => addFacts(bench));

    const createItsAgreement = () =>
      createAgreement(
        () => backend,
        () => reference,
        extent,
      );
    const [agreement, edges] = [createItsAgreement(), createItsAgreement()];
    for (const [group, addCases] of Object.entries(GROUPS))
      describe(`${group} as js has them`, () => addCases(agreement));
    describe("edges as js has them", () => edgeCases(edges));
    const shortcuts = Object.keys(backend.shortcuts ?? {}) as (keyof Shortcuts)[];
    if (shortcuts.length > 0)
      describe("shortcuts as js has them", () => shortcutCases(agreement, shortcuts));
    const all = Object.keys(reference.kernels).sort();
    it("has every kernel, and every kernel was tried, at edges of sizes too", () => {
      expect(Object.keys(backend.kernels).sort()).toEqual(all);
      expect([...agreement.covered].sort()).toEqual(all);
      expect([...edges.covered].sort()).toEqual(all);
    });
    it.runIf(lacks.length > 0)("refuses the kernels that it lacks, by name", () => {
      for (const kernel of lacks)
        expect(backend.kernels[kernel]).toThrow(
          expect.objectContaining({ code: "ERR_BACKEND", fields: { kernel, backend: "wasm" } }),
        );
    });
    it.runIf(share === 1)("has given NaN to every kernel that reads numbers", () => {
      const readers = all.filter((name) => !WITHOUT_FLOATS.includes(name));
      expect([...agreement.metNaN].sort()).toEqual(readers);
    });
  });
}
