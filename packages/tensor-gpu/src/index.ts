import "./all-backends";

export * from "./browser";
