import { mkdirSync, writeFileSync } from "node:fs";
import { it } from "vitest";
import { allReports } from "../support/all-reports";
it("x", () => {
  mkdirSync("/tmp/rep/h", { recursive: true });
  const only = process.env.ONLY && process.env.ONLY.split(",");
  for (const [n, r] of Object.entries(allReports())) if (!only || only.includes(n)) writeFileSync(`/tmp/rep/h/${n}.html`, r());
}, 300000);
