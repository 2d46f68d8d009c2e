/**
 * Language of each file extension that `sourceCode` reads by default. `d.ts` and `min.js` are not
 * among them: type declarations and minified files must be requested explicitly.
 */
export const sourceLanguages: Readonly<Record<string, string>> = {
  ts: "typescript",
  mts: "typescript",
  cts: "typescript",
  tsx: "typescript",
  js: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  jsx: "javascript",
  py: "python",
  c: "c",
  h: "c",
  cc: "cpp",
  cpp: "cpp",
  hpp: "cpp",
  cs: "csharp",
  go: "go",
  java: "java",
  rb: "ruby",
  rs: "rust",
  sh: "shell",
  swift: "swift",
};
