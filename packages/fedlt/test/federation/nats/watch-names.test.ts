import { describe, expect, it } from "vitest";
import { watchNames } from "../../../src/federation/nats/broker-run";

const told = (...instances: unknown[]) => {
  const watch = watchNames();
  return instances.map((instance) => watch("a", instance));
};

describe("watchNames", () => {
  it("tells once when two processes take turns under one name", () => {
    expect(told("1", "2", "1", "2", "1")).toEqual([false, false, true, false, false]);
  });

  it("says nothing of one process, nor of one that was restarted", () => {
    expect(told("1", "1", "2", "2", "3")).toEqual(Array(5).fill(false));
  });

  it("keeps little of what peers send", () => {
    const long = "x".repeat(2 ** 20);
    expect(told(long, {}, long)).toEqual([false, false, false]);
  });
});
