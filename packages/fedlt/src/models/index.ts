export * from "./feature-module";
export * from "./image-modules";
export * from "./module-encoder";
export * from "./named";
