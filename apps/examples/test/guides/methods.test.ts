import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildWorker } from "@deepgrain/vitest/sandbox-worker";
import { natsIsMissing } from "@deepgrain/vitest/servers";
import { expect, it } from "vitest";
import { runGuide } from "../support/guide";
import { serveLoopback } from "../support/loopback";
import { saveTinyModel } from "../support/tiny-models";

it("plans a run from logs", async () => {
  const [read, planned] = await runGuide("plan-a-run");
  expect(read).toEqual([[1, ["b"]], [6.9]]);
  expect(planned).toEqual([[true], ["0.50"], ["1.0e+9"], ["4"]]);
});

it("weights and draws the labels of a graph", async () => {
  const [weights, labels, drawn] = await runGuide("labels-in-your-graph");
  expect(weights).toEqual([[true]]);
  expect(labels).toEqual([[0.875], [true, true], [2]]);
  expect(drawn).toEqual([[true]]);
});

it("verifies answers of an endpoint, scores steps, and labels them", async () => {
  const choice = { message: { role: "assistant", content: "2 + 3 = 5\nThe answer is: 5" } };
  const body = { choices: [{ ...choice, index: 0, finish_reason: "stop" }], usage: {} };
  const server = await serveLoopback(async () => ({
    body: JSON.stringify(body),
    type: "application/json",
  }));
  try {
    const replace = { "http://localhost:8000/v1": `${server.url}/v1` };
    const [votes, scored, labelled] = await runGuide("step-scores", { replace });
    expect(votes).toEqual([["5", 1, 1], [4]]);
    expect(scored).toEqual([["6", "5"]]);
    expect(labelled).toEqual([[6]]);
  } finally {
    server.close();
  }
});

it("runs code that a model wrote, and lets it try again", async () => {
  const worker = await buildWorker();
  const replace = { "createSandbox()": `createSandbox({ worker: new URL("${worker}") })` };
  const [verdicts, tries] = await runGuide("run-code-that-a-model-wrote", { replace });
  expect(verdicts).toEqual([["passed"], ["add(1, 2) is -1, not 3"], ["budget"], ["error"]]);
  expect(tries).toEqual([
    [1, "failed"],
    [2, "passed"],
  ]);
});

it("learns preferences from a file of pairs", async () => {
  const colours = ["red", "blue", "green", "black", "white", "brown", "pink", "grey"];
  const rows = colours.map((prompt) => JSON.stringify({ prompt, chosen: " yes", rejected: " no" }));
  const prepare = async (folder: string) => {
    await writeFile(join(folder, "pairs.jsonl"), rows.join("\n"));
    const texts = [...colours, " yes no"];
    await saveTinyModel(join(folder, "base"), { texts, vocabSize: 280, type: "llama" });
  };
  const [accuracies] = await runGuide("preferences-of-yours", { prepare });
  expect(accuracies!.at(-1)).toEqual([30, 1]);
});

it("measures anchors, blocks them, and keeps nothing else", async () => {
  const [prompt, measured, kept] = await runGuide("anchors-of-your-model");
  expect(prompt).toEqual([[[[7], [17]]]]);
  expect(measured!.slice(0, -1)).toHaveLength(4);
  expect(measured!.at(-1)).toEqual([true, true]);
  expect(kept).toEqual([[true, 8]]);
});

it("resets suspect weights", async () => {
  const [lines] = await runGuide("suspect-checkpoint");
  expect(lines).toEqual([[["1.1", "1.0", "1.2", "1.0"]], [0.25]]);
});

it.skipIf(natsIsMissing)("federates over a broker of its own", async () => {
  const [lines] = await runGuide("federation-over-nats");
  expect(lines!.filter(([id]) => id === "one")).toHaveLength(2);
  expect(lines!.at(-1)).toEqual([0.5]);
});

it("trains until it is stopped, saves, and loads again", async () => {
  const [stopped, again] = await runGuide("train-in-a-page");
  expect(stopped).toEqual([["stopped by the visitor", 20], [["config.json", "model.safetensors"]]]);
  expect(again).toEqual([[8]]);
});

it("trains a mixture beside a dense model, and reads its load", async () => {
  const [trained, load] = await runGuide("your-first-mixture");
  expect(trained!.map(([name, low]) => [name, low])).toEqual([
    ["dense", true],
    ["mixture", true],
  ]);
  expect(load).toEqual([[true]]);
});

it("tells failures by their codes, and names the weight that is not a number", async () => {
  const [code, name] = await runGuide("failures");
  expect(code).toEqual([["ERR_CONFIG"]]);
  expect(name).toEqual([[undefined], [expect.stringMatching(/^layers\.1 /)]]);
});

it("serves a page with the headers that threads need", async () => {
  const [headers] = await runGuide("host-it");
  expect(headers).toEqual([["same-origin"]]);
});
