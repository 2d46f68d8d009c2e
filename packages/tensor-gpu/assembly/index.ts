export { scratchBytes, setScratch, tablesEnd } from "./scratch";
export * from "./peak";
