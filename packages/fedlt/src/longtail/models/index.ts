export { Mlp, SmallCnn } from "./image-modules";
export { moduleEncoder } from "./module-encoder";
export { fromNamed, toNamed } from "./named";
