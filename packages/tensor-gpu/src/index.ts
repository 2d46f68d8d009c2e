import "./all-backends";

export * from "./api";
