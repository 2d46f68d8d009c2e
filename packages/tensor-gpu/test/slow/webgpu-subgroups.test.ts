import { missingWebGpu, nodeGpu } from "@deepgrain/vitest/node-webgpu";
import { afterAll, describe, expect, it } from "vitest";
import { createJsBackend } from "../../src/js";
import { createWebGpuBackend } from "../../src/webgpu";
import { MISSING } from "../../src/webgpu/bind-kernels";
import { type Agreement, createAgreement } from "../conformance/suite/agreement";
import { crossEntropyCases } from "../conformance/suite/cases/cross-entropy";
import { expertCases } from "../conformance/suite/cases/experts";
import { normCases } from "../conformance/suite/cases/norms";
import { reduceCases } from "../conformance/suite/cases/reduce";
import { softmaxCases } from "../conformance/suite/cases/softmax";
import { specialCases } from "../conformance/suite/cases/specials";
import { createBench } from "../conformance/suite/known/bench";
import { shaderTexts } from "../support/shader-texts";
import { withAllKernels } from "../support/with-all-kernels";

const GROUPS: Record<string, (agreement: Agreement) => void> = {
  reduce: reduceCases,
  softmax: softmaxCases,
  "cross-entropy": crossEntropyCases,
  norms: normCases,
  experts: expertCases,
  "special values": specialCases,
};

const adapter = missingWebGpu === undefined ? await nodeGpu().requestAdapter() : null;
const missing = adapter && !adapter.features.has("subgroups") ? "no subgroups" : missingWebGpu;

if (missing === undefined) {
  const device = await adapter!.requestDevice({ requiredFeatures: ["subgroups"] });
  const texts = shaderTexts(device);
  const backend = withAllKernels(await createWebGpuBackend({ device }));
  const reference = createJsBackend();
  afterAll(async () => {
    await backend.dispose();
    await reference.dispose();
    device.destroy();
  });
  const agreement = createAgreement(
    () => backend,
    () => reference,
    { lacks: MISSING },
  );
  for (const [group, addCases] of Object.entries(GROUPS))
    describe(`${group} by subgroups as js has them`, () => addCases(agreement));

  it("adds by subgroups, and gives the same bits twice", async () => {
    const { floats, empty, read, kernels } = createBench(backend);
    const x = floats(
      [3, 1000],
      Array.from({ length: 3000 }, (_, i) => Math.sin(i) / 7),
    );
    const twice = [empty([3]), empty([3])];
    for (const out of twice) kernels.reduce("sum", out, x, 3, 1000, 1);
    const [first, second] = await Promise.all(twice.map(read));
    expect(second).toEqual(first);
    expect(texts.filter((text) => text.includes("subgroupAdd("))).not.toHaveLength(0);
  });
} else {
  describe("backend webgpu with subgroups", () => {
    it.skip(`SKIPPED, it cannot be tested: ${missing}`, () => {});
  });
}
