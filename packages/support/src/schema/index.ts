/** @file Options that are declared once: type, check, default and refusal follow from the declaration. */
export { nested, options } from "./group";
export * from "./kinds";
export { type Given, type Option, type Options, Problem, type Settled } from "./option";
export { reader } from "./reader";
