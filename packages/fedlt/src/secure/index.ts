export { defaultQuantisation, type Quantisation } from "./quantise";
export * from "./secure-aggregation";
export * from "./secure-client";
