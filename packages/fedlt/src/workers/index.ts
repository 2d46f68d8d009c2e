export * from "./worker-transport";
