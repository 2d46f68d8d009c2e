/** @file Every page that the commands write, from recorded results where the repository has them. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { judge, type StudyRuns, studyPage } from "@deepgrain/lab";
import { describeModel, parseConfig } from "@deepgrain/lm";
import { renodeWeights } from "@deepgrain/renode";
import { conflictDrawing, drawingPage } from "@deepgrain/renode/draw";
import { renderReport } from "@deepgrain/start/report/render-report";
import { config, metrics, results } from "@deepgrain/start/test/job-results";
import {
  type AnyStudy,
  recordedRuns,
  recordedStudies,
} from "@deepgrain/studies/shared/test/recordings";
import Graph from "graphology";
import { reportPage } from "../../src/fine-purify/report-page";
import { inspectPage } from "../../src/moe/inspect-page";

function report(study: AnyStudy, recordedRuns: StudyRuns<unknown, unknown>): string {
  // Settings that came in after the recording have their defaults.
  const settings = { ...study.settings, ...(recordedRuns.settings as object) };
  const runs = { ...recordedRuns, settings };
  return studyPage(study, runs, judge(study, runs));
}

/** The studies and what they found. */
const pagesOfStudies = Object.fromEntries(
  Object.entries(recordedStudies).map(([paper, study]) => [
    paper,
    () => report(study, recordedRuns(paper)),
  ]),
);

function inspected(mark: string): string {
  const sizes = { vocab_size: 512, hidden_size: 64, num_hidden_layers: 3, num_attention_heads: 4 };
  const experts = { moe_intermediate_size: 32, n_routed_experts: 32, num_experts_per_tok: 4 };
  const model = parseConfig({ model_type: "deepseek", ...sizes, ...experts });
  const layer = (turn: number) => ({
    shares: Array.from({ length: 32 }, (_, i) => (1 + ((i * 7 + turn * 5) % 13)) / 224),
    dead: [],
    busiestQuarter: 0.4,
    busiest: [0, 3, 8, 13].map((i) => (i + turn) % 32),
  });
  const domains = ["prose", "source code", "speeches"].map((name, i) => ({
    name: `${name}${mark}`,
    tokens: 4096,
    loss: 3.2 + i / 10,
    lossWithout: 3.5 + i / 10,
    layers: { 0: layer(i), 1: layer(i + 1), 2: layer(i + 2) },
  }));
  return inspectPage({
    name: `runs/first/base${mark}`,
    model: describeModel(model, { batchSize: 8, sequenceLength: 128 }),
    domains: domains as never,
    off: new Map([[1, [0, 4]]]),
  });
}

function purified(mark: string): string {
  const rate = (value: number) => ({ value, size: 800, rule: `all rows${mark}` });
  const found = [
    { name: `before${mark}`, measured: { acc: rate(0.99), asr: rate(1) } },
    { name: `after${mark}`, measured: { acc: rate(0.97), asr: rate(0.04) } },
  ];
  const tensors = ["first", "second"].map((name) => ({
    name: name + mark,
    part: `head${mark}`,
    size: 10,
    purified: 0.5,
  }));
  return reportPage(`A trigger word${mark}`, found as never, {
    weights: 20,
    purified: 0.5,
    medianDrift: 0.1,
    correlation: 0.5,
    tensors,
    histogram: {
      from: -1,
      width: 1,
      counts: [3, 7],
      zeros: 0,
      fitted: { clean: [3, 6], poisonous: [0, 1] },
    },
    options: { indicator: "r", rho: 0.5 },
  });
}

function drawn(mark: string): string {
  const require = createRequire(import.meta.url);
  const graph = new Graph();
  for (let i = 0; i < 60; i++)
    graph.addNode(i, {
      name: `node ${i}${mark}`,
      x: Math.cos(i) * (1 + (i % 5)),
      y: Math.sin(i) * (1 + (i % 5)),
      ...(i % 12 === 0 && { label: ["theory", "networks", "genetics"][i % 3] + mark }),
    });
  for (let i = 1; i < 60; i++) graph.mergeEdge(i, (i * 7) % i);
  const scripts = [
    join(dirname(require.resolve("graphology")), "graphology.umd.min.js"),
    join(dirname(require.resolve("sigma")), "sigma.min.js"),
  ].map((path) => readFileSync(path, "utf8"));
  return drawingPage(conflictDrawing(graph, renodeWeights.detailed(graph)), {
    scripts,
    title: `Conflict${mark}`,
  });
}

/** All pages by name. @param mark stands in every name and label that a user can choose */
export function allReports(mark = ""): Record<string, () => string> {
  return {
    ...pagesOfStudies,
    start: () => renderReport({ name: `first${mark}`, config, results, metrics }),
    inspect: () => inspected(mark),
    purify: () => purified(mark),
    draw: () => drawn(mark),
  };
}
