export { createSandbox, type Sandbox, type SandboxOptions, type Strength } from "./create-sandbox";
export type { Outcome } from "./job";
export type { Limits } from "./limits";
