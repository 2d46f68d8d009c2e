import { plusScript } from "./evalplus";
import type { Task, TestCase, Tests } from "./task";

/** A row, whose fields are checked as they are read. */
interface Row {
  readonly index: number;
  /** A field that must be a text. */
  text(name: string): string;
  value(name: string): unknown;
  /** A field as JSON, with its numbers as they are written. */
  json(name: string): string;
  refuse(name: string, expected: string): never;
}

/** A format, told by the fields that its rows have. */
interface TaskReader {
  readonly fields: readonly string[];
  read(row: Row): Task;
}

/** Codes of MultiPL-E and names of HumanEval-X, where they differ from the names of languages. */
const languageNames: Readonly<Record<string, string>> = {
  py: "Python",
  python: "Python",
  js: "JavaScript",
  javascript: "JavaScript",
  ts: "TypeScript",
  typescript: "TypeScript",
  java: "Java",
  go: "Go",
  "go_test.go": "Go",
  cpp: "C++",
  cs: "C#",
  rs: "Rust",
  rust: "Rust",
  php: "PHP",
  rb: "Ruby",
  sh: "Shell",
  bash: "Shell",
  swift: "Swift",
  r: "R",
  jl: "Julia",
  d: "D",
  rkt: "Racket",
  lua: "Lua",
  pl: "Perl",
  scala: "Scala",
};

const languageNamed = (name: string) => languageNames[name.toLowerCase()] ?? name;

/** A list of texts. */
function texts(row: Row, name: string): readonly string[] {
  const value = row.value(name) ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  return row.refuse(name, "a list of texts");
}

function ownTests(row: Row): Tests {
  const tests = row.value("tests");
  if (typeof tests === "string") return tests;
  const isCase = (item: unknown): item is TestCase =>
    typeof item === "object" &&
    item !== null &&
    typeof (item as TestCase).call === "string" &&
    Array.isArray((item as TestCase).arguments) &&
    "equals" in item;
  if (Array.isArray(tests) && tests.length > 0 && tests.every(isCase)) return tests;
  return row.refuse(
    "tests",
    "a script, or a list of { call, arguments, equals } that is not empty",
  );
}

const optional = (row: Row, name: string) =>
  row.value(name) === undefined || row.value(name) === null ? undefined : row.text(name);

/** Number or text. */
const idOf = (row: Row, name: string) => {
  const value = row.value(name);
  return typeof value === "number" ? String(value) : row.text(name);
};

/** HumanEval+ and MBPP+ of EvalPlus: inputs, and a reference that says what is right. */
const evalPlus: TaskReader = {
  fields: ["task_id", "prompt", "entry_point", "canonical_solution", "base_input", "plus_input"],
  read(row) {
    const id = row.text("task_id");
    const [entryPoint, prompt] = [row.text("entry_point"), row.text("prompt")];
    const reference = row.text("canonical_solution");
    const tolerance = row.value("atol") ?? 0;
    if (!/^[A-Za-z_]\w*$/.test(entryPoint)) row.refuse("entry_point", "a name of Python");
    if (typeof tolerance !== "number" || tolerance < 0)
      row.refuse("atol", "a number of at least 0");
    const plusTask = {
      id,
      entryPoint,
      reference: prompt + reference,
      tolerance: Number(tolerance),
    };
    const script = (name: string) => {
      const inputs = row.value(name);
      if (!Array.isArray(inputs) || !inputs.every(Array.isArray))
        row.refuse(name, "a list of lists of arguments");
      return plusScript(plusTask, row.json(name));
    };
    const isProgram = id.startsWith("Mbpp/");
    return {
      id,
      prompt,
      language: "Python",
      tests: script("base_input"),
      plus: script("plus_input"),
      kind: isProgram ? "program" : "complete",
      entryPoint,
      reference,
      stop: isProgram ? ['\n"""', "\nassert"] : ["\nclass", "\ndef", "\n#", "\nif", "\nprint"],
    };
  },
};

/** HumanEval, and its infilling variants where a suffix follows. */
const humanEval: TaskReader = {
  fields: ["task_id", "prompt", "entry_point", "test"],
  read(row) {
    const entryPoint = row.text("entry_point");
    const suffix = optional(row, "suffix");
    return {
      id: row.text("task_id"),
      prompt: row.text("prompt"),
      suffix,
      language: "Python",
      tests: `${row.text("test")}\ncheck(${entryPoint})\n`,
      kind: suffix === undefined ? "complete" : "infill",
      entryPoint,
      reference: optional(row, "canonical_solution"),
      stop: suffix === undefined ? ["\nclass", "\ndef", "\n#", "\nif", "\nprint"] : undefined,
    };
  },
};

const mbpp: TaskReader = {
  fields: ["task_id", "code", "test_list"],
  read(row) {
    const tests = texts(row, "test_list");
    const setup = [...texts(row, "test_imports"), optional(row, "test_setup_code") ?? ""];
    const name = row.value("prompt") === undefined ? "text" : "prompt";
    return {
      id: `Mbpp/${idOf(row, "task_id")}`,
      prompt: `"""\n${row.text(name)}\n${tests.join("\n")}\n"""\n`,
      language: "Python",
      tests: [...setup.filter((line) => line !== ""), ...tests, ""].join("\n"),
      kind: "program",
      entryPoint: /\b(?:assert|set|sorted|math\.isclose)?\s*\(?\s*([A-Za-z_]\w*)\s*\(/.exec(
        tests[0]?.replace(
          /^assert\s+(?:(?:set|sorted|list|tuple|str|int|float|math\.isclose|not)\s*\(?\s*)*/,
          "",
        ) ?? "",
      )?.[1],
      reference: row.text("code"),
      stop: ["[DONE]", '\n"""', "\nassert"],
    };
  },
};

/** HumanEval-X: `task_id` begins with the language. */
const humanEvalX: TaskReader = {
  fields: ["task_id", "prompt", "test", "declaration"],
  read(row) {
    const id = row.text("task_id");
    const language = languageNamed(id.split("/")[0]!);
    return {
      id,
      prompt: row.text("prompt"),
      language,
      tests: row.text("test"),
      kind: "complete",
      reference: optional(row, "canonical_solution"),
    };
  },
};

const multiplE: TaskReader = {
  fields: ["name", "language", "prompt", "tests", "stop_tokens"],
  read: (row) => ({
    id: row.text("name"),
    prompt: row.text("prompt"),
    language: languageNamed(row.text("language")),
    tests: row.text("tests"),
    kind: "complete",
    reference: optional(row, "canonical_solution"),
    stop: texts(row, "stop_tokens"),
  }),
};

const own: TaskReader = {
  fields: ["prompt", "tests", "language"],
  read(row) {
    const suffix = optional(row, "suffix");
    const kind = row.value("kind") ?? (suffix === undefined ? "program" : "infill");
    if (kind !== "complete" && kind !== "infill" && kind !== "program")
      row.refuse("kind", "complete, infill or program");
    return {
      id: row.value("id") === undefined ? String(row.index) : idOf(row, "id"),
      prompt: row.text("prompt"),
      suffix,
      language: languageNamed(row.text("language")),
      tests: ownTests(row),
      kind: kind as Task["kind"],
      entryPoint: optional(row, "entryPoint"),
      reference: optional(row, "reference"),
      stop: row.value("stop") === undefined ? undefined : texts(row, "stop"),
    };
  },
};

/** All formats; the first whose fields a row has reads it. */
export const taskReaders: readonly TaskReader[] = [
  evalPlus,
  humanEval,
  mbpp,
  humanEvalX,
  multiplE,
  own,
];
