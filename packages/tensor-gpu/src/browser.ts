/**
 * @file Where bundles for browsers begin, so that they hold no backend that they do not name; everywhere else `index.ts` is
 * the beginning. The binary comes first: between the code, it would part what compression can see at a time.
 */
import "./wasm/generated/core";

export * from "./api";
