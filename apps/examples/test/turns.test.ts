import { expect, it } from "vitest";
import { stoppableFunctions } from "./support/stoppable";

/** Functions by package that take a signal and call no `takeTurn`, by the reason. */
const others: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "waits for a network, which gives turns": { fedlt: "joinLink natsClient webSocketClient" },
  "hands its request to a batcher, whose loop takes turns": { lm: "chat complete" },
  "waits for reads and writes of files, which give turns": {
    "fine-purify": "initialWeights writeFisher",
    "tensor-gpu":
      "fillTensor loadWeights openCheckpoint openFolder openInFolder openSafetensors readLlama2c readLlama2cTokenizer readSafetensors readTensors saveTensors writeSafetensors",
  },
  "is synchronous, as are its numbers; those that may take long have a twin that is an async iterable":
    {
      renode:
        "influenceShift labelPropagation personalizedPagerank renodeWeights scoreGraph totoro trainingWeights",
    },
};

it("gives the event loop a turn in every exported function that takes a signal", () => {
  const known = Object.values(others).flatMap((packages) =>
    Object.entries(packages).flatMap(([name, functions]) =>
      functions.split(" ").map((own) => `${name}/${own}`),
    ),
  );
  const functions = stoppableFunctions();
  expect(functions.length).toBeGreaterThan(100);
  const without = functions.filter(({ takesTurns }) => !takesTurns).map(({ name }) => name);
  expect(without.toSorted()).toEqual(known.toSorted());
});
