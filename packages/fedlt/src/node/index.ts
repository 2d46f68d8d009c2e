export * from "./folder-journal";
