#!/usr/bin/env node
// `tsc` of TypeScript 7, several times as fast. It has no interface for JavaScript yet, which tsup and TypeDoc need: those use
// TypeScript 6.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const manifest = createRequire(import.meta.url).resolve("typescript-7/package.json");
await import(new URL("lib/tsc.js", pathToFileURL(manifest)));
