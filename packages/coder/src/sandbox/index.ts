/**
 * Runs JavaScript and TypeScript that nobody has read, with limits of time and memory.
 *
 * @packageDocumentation
 */
export { createSandbox, type Sandbox, type Strength } from "./create-sandbox";
