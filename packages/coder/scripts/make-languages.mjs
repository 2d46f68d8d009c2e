// Writes src/languages/generated/table.ts: the 338 languages of DeepSeek-Coder-V2 with their extensions.
//   node scripts/make-languages.mjs NAMES PYGMENTS
// NAMES is supported_langs.txt of deepseek-ai/DeepSeek-Coder-V2, one name per line. PYGMENTS is a JSON list of
// [name, aliases, patterns] of all lexers of Pygments 2.20. Names that linguist does not know come from Pygments, a few by hand.
import { readFileSync, writeFileSync } from "node:fs";
import * as linguist from "linguist-languages";

const [namesFile, pygmentsFile] = process.argv.slice(2);

/** Names that neither source has in this form: the name that linguist gives the language, or its extensions. */
const byHand = {
  "Apache Configuration": "ApacheConf",
  "Fortran Fixed Form": [".f", ".for", ".f77"],
  "Graphviz DOT": "Graphviz (DOT)",
  "HTML ERB": "HTML+ERB",
  "HTML PHP": "HTML+PHP",
  "JavaScript MozPreproc": [".jsm"],
  Mizar: [".miz"],
  "XML Lasso": [".lasso"],
};

/** Markers of a comment to the end of its line, by language. */
const lineComments = {
  "//": "ActionScript,Arduino,AspectJ,C,C#,C++,CUDA,Chapel,Dart,DeviceTree,Go,Groovy,Haxe,Java,JavaScript,JSX,Kotlin,Objective-C,Objective-C++,OpenCL,PHP,Pawn,Protocol Buffer,Rust,SCSS,Scala,Solidity,Stylus,Swift,TypeScript,TSX,Vala,Verilog,SystemVerilog,Zig,F#,ReasonML,QML,D,Ceylon,Pike,Processing,GLSL,HLSL",
  "#": "AWK,BitBake,Boo,CMake,CoffeeScript,Crystal,Cython,Docker,Dockerfile,Elixir,Fish,Gherkin,GraphQL,HCL,Julia,Makefile,Nginx,Nimrod,Nim,Perl,Perl 6,PowerShell,Puppet,Python,R,Ruby,Shell,Starlark,Tcl,TOML,YAML,GDScript,Gnuplot,Apache Configuration,Kconfig,Nix,Terminfo",
  "--": "Ada,AppleScript,Agda,Elm,Haskell,Idris,Lua,MoonScript,PL/SQL,PLpgSQL,SQL,Transact-SQL,VHDL,Eiffel,Lean,PureScript",
  ";": "AutoHotkey,AutoIt,Clojure,Common Lisp,Emacs Lisp,NewLisp,NSIS,Racket,Scheme,Assembly,LLVM",
  "%": "Erlang,MATLAB,Matlab,Mercury,Prolog,TeX,PostScript,Logtalk",
  "'": "VBA,Visual Basic,VB.net,Visual Basic .NET",
  '"': "VimL,Vim script",
  "!": "Fortran",
  "*>": "COBOL,COBOLFree",
};

const commentOf = new Map(
  Object.entries(lineComments).flatMap(([marker, list]) =>
    list.split(",").map((name) => [name.toLowerCase(), marker]),
  ),
);

const named = new Map();
for (const language of Object.values(linguist)) {
  if (language?.name === undefined) continue;
  named.set(language.name.toLowerCase(), language);
  for (const alias of language.aliases ?? [])
    if (!named.has(alias)) named.set(alias.toLowerCase(), language);
}
const lexers = new Map();
for (const [name, aliases, patterns] of JSON.parse(readFileSync(pygmentsFile, "utf8")))
  for (const each of [name, ...aliases])
    if (!lexers.has(each.toLowerCase())) lexers.set(each.toLowerCase(), patterns);

const spellings = (name) => {
  const low = name.toLowerCase();
  return [low, low.replaceAll(" ", "-"), low.replaceAll(" ", ""), low.replaceAll("-", " ")];
};
const first = (map, name) =>
  spellings(name)
    .map((each) => map.get(each))
    .find((each) => each !== undefined);
const extensionsOf = (patterns) =>
  patterns.filter((pattern) => /^\*\.[\w+-]+$/.test(pattern)).map((pattern) => pattern.slice(1));

function entry(name) {
  const own = byHand[name];
  if (Array.isArray(own)) return ["hand", own];
  if (own !== undefined) return ["hand", named.get(own.toLowerCase())?.extensions ?? []];
  const known = first(named, name);
  if (known !== undefined) return ["linguist", known.extensions ?? []];
  return ["pygments", extensionsOf(first(lexers, name))];
}

const names = readFileSync(namesFile, "utf8")
  .split(/\r?\n/)
  .filter((line) => line.trim() !== "");
const rows = names.map((line) => {
  const name = line.trim();
  const [source, extensions] = entry(name);
  const comment = commentOf.get(name.toLowerCase()) ?? null;
  return `  ${JSON.stringify([name, source, comment, extensions.join(" ")])},`;
});
const header = `// Made by scripts/make-languages.mjs. Do not edit.
/** Per language: name, source, marker of a line comment, extensions. */
export const table: readonly (readonly [string, "linguist" | "pygments" | "hand", string | null, string])[] = [
`;
writeFileSync("src/languages/generated/table.ts", `${header}${rows.join("\n")}\n];\n`);
