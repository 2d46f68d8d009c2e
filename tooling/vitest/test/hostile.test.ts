import { describe, expect, it } from "vitest";
import { excess } from "../hostile";

describe("a hostile case", () => {
  it("may take long on a slow processor, and is hung after a minute of its own", () => {
    expect(excess({ cpu: 13, idle: 0, memory: 100 })).toBeUndefined();
    expect(excess({ cpu: 59, idle: 0, memory: 100 })).toBeUndefined();
    expect(excess({ cpu: 61, idle: 0, memory: 100 })).toMatch(/hung: 60 s of processor time/);
  });

  it("is hung after a minute without doing anything", () => {
    expect(excess({ cpu: 1, idle: 30, memory: 100 })).toBeUndefined();
    expect(excess({ cpu: 1, idle: 61, memory: 100 })).toMatch(/hung: 60 s without doing anything/);
  });

  it("may not take more than 1 GB", () => {
    expect(excess({ cpu: 0, idle: 0, memory: 1025 })).toMatch(/more than 1024 MB/);
  });
});
