/** @file What every binary exports beside its kernels: the setting of a thread's work area. */
export { scratchBytes, setScratch, tablesEnd } from "./scratch";
