/** @file Every scheme, one line per folder. */

export * from "./ctwl/kind";
export * from "./dip/kind";
export * from "./exp/kind";
export * from "./exp-edit/kind";
export * from "./kgw/kind";
export * from "./mpac/kind";
export * from "./rs-segment/kind";
export * from "./synthid/kind";
export * from "./unbiased/kind";
export * from "./unigram/kind";
