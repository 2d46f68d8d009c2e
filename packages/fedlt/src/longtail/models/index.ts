/**
 * Image models of the long-tail studies as strategies use them.
 *
 * @packageDocumentation
 */
export { Mlp, SmallCnn } from "./image-modules";
export { moduleEncoder } from "./module-encoder";
export { fromNamed, toNamed } from "./named";
