import type { FederationEvent } from "@deepgrain/fedlt";
import { describe, expect, it } from "vitest";
import { accuracyText, roundView } from "../../src/fedlt/round-view";

/** A progress that writes down what it is told. */
function recorder() {
  const [notes, lines, ends]: string[][] = [[], [], []];
  const progress = {
    title: () => {},
    note: (text: string) => void notes!.push(text),
    task: () => ({
      update: (done: number, message: string) => void lines!.push(`${done.toFixed(2)} ${message}`),
      end: (message: string) => void ends!.push(message),
    }),
    finish: () => {},
    close: () => {},
  };
  return { notes: notes!, lines: lines!, ends: ends!, progress };
}

describe("roundView", () => {
  it("shows who is there, who has answered, stragglers and accuracies", () => {
    const { notes, lines, ends, progress } = recorder();
    const transport = { nodes: () => [{ id: "a" }, { id: "b" }] };
    const view = roundView(progress, { transport, rounds: 4 });
    const metrics = { accuracy: 0.712, head: 0.921, middle: 0.5904, tail: 0.791 };
    const events = [
      { type: "round-start", round: 1, clients: ["a", "b", "c"] },
      { type: "update-accepted", round: 1, clientId: "a" },
      { type: "node-left", clientId: "c" },
      { type: "update-rejected", round: 1, clientId: "b", code: "ERR_RANGE", message: "too many" },
      { type: "straggler", round: 1, clientId: "c" },
      { type: "eval-end", round: 1, metrics },
    ] as unknown as FederationEvent[];
    for (const event of events) view.see(event);
    view.end("over");
    expect(lines[1]).toBe("0.33 2/4 · 2 there · 1 of 3 in");
    expect(lines.at(-1)).toBe("0.33 2/4 · 2 there · 1 of 3 in · 1 late · 71.2 %");
    expect(notes).toEqual([
      "c left",
      "b: too many",
      "round 2: 71.2 % (head 92.1, middle 59.0, tail 79.1), 1 of 3 clients, 1 stragglers",
    ]);
    expect(ends).toEqual(["over"]);
  });

  it("prints a dash for what was not measured", () => {
    expect(accuracyText({ accuracy: 0.5 })).toBe("50.0 % (head –, middle –, tail –)");
  });
});
