import { describe, expect, it } from "vitest";
import { extractCode } from "../../src";
import { definitionOf } from "../../src/tasks/definition-of";

const fence = (code: string, language = "python") => `\`\`\`${language}\n${code}\n\`\`\``;
const add = "def add(a, b):\n    return a + b";

describe("the code of an answer", () => {
  it.each([
    ["one block", `Here it is:\n${fence(add)}\nDone.`, add],
    ["a block without a language", fence(add, ""), add],
    [
      "a block, then an example of its use",
      `${fence(add)}\nUse it so:\n${fence("print(add(1, 2))")}`,
      add,
    ],
    ["an example before the block", `${fence("add(1, 2)  # 3")}\n${fence(add)}`, add],
    [
      "a first try and a better one",
      `${fence("def add(a, b):\n    return a - b")}\nNo:\n${fence(add)}`,
      add,
    ],
    ["a block that is cut off", `Sure.\n\`\`\`python\n${add}`, add],
    ["no block", add, add],
    ["tildes", `~~~py\n${add}\n~~~`, add],
    [
      "four backticks around three",
      `\`\`\`\`md\n\`\`\`\n${add}\n\`\`\`\n\`\`\`\``,
      `\`\`\`\n${add}\n\`\`\``,
    ],
    ["an indented fence", `1. Step\n   \`\`\`python\n${add}\n   \`\`\``, add],
    ["Windows line breaks", fence(add).replaceAll("\n", "\r\n"), add],
    ["blocks of which none defines it: the last", `${fence("a = 1")}\n${fence("b = 2")}`, "b = 2"],
    [
      "an async function",
      fence("async def add(a, b):\n    return a + b"),
      "async def add(a, b):\n    return a + b",
    ],
    [
      "a lambda",
      `${fence("add = lambda a, b: a + b")}\n${fence("assert add(1, 2) == 3")}`,
      "add = lambda a, b: a + b",
    ],
    [
      "a class of the name",
      `${fence("class add:\n    pass")}\n${fence("add()")}`,
      "class add:\n    pass",
    ],
    [
      "a name within another name",
      `${fence("def add(a, b):\n    return 3")}\n${fence("def add_all(xs):\n    return 0")}`,
      "def add(a, b):\n    return 3",
    ],
    [
      "JavaScript",
      fence("function add(a, b) {\n  return a + b;\n}", "js"),
      "function add(a, b) {\n  return a + b;\n}",
    ],
    [
      "an arrow function",
      `${fence("const add = (a, b) => a + b;", "js")}\n${fence("console.log(add(1, 2));", "js")}`,
      "const add = (a, b) => a + b;",
    ],
    [
      "an exported function",
      `${fence("export function add(a, b) {\n  return a + b;\n}", "js")}\n${fence("add(1, 2);", "js")}`,
      "export function add(a, b) {\n  return a + b;\n}",
    ],
    [
      "Go",
      `${fence("func add(a int, b int) int {\n\treturn a + b\n}", "go")}\n${fence("add(1, 2)", "go")}`,
      "func add(a int, b int) int {\n\treturn a + b\n}",
    ],
    [
      "a method of Go",
      `${fence("func (c Calc) add(a int) int {\n\treturn a\n}", "go")}\n${fence("c.add(1)", "go")}`,
      "func (c Calc) add(a int) int {\n\treturn a\n}",
    ],
    [
      "Rust",
      `${fence("pub fn add(a: i32) -> i32 {\n    a\n}", "rust")}\n${fence("add(1);", "rust")}`,
      "pub fn add(a: i32) -> i32 {\n    a\n}",
    ],
    [
      "C++",
      `${fence("vector<int> add(int a, int b) {\n    return {a, b};\n}", "cpp")}\n${fence("auto x = add(1, 2);", "cpp")}`,
      "vector<int> add(int a, int b) {\n    return {a, b};\n}",
    ],
    [
      "Java",
      `${fence("public static int add(int a, int b) {\n    return a + b;\n}", "java")}\n${fence("return add(1, 2);", "java")}`,
      "public static int add(int a, int b) {\n    return a + b;\n}",
    ],
    [
      "R",
      `${fence("add <- function(a, b) a + b", "r")}\n${fence("add(1, 2)", "r")}`,
      "add <- function(a, b) a + b",
    ],
    [
      "a return of a call is no definition",
      `${fence("int add(int a) {\n  return a;\n}", "c")}\n${fence("int main() {\n  return add(1);\n}", "c")}`,
      "int add(int a) {\n  return a;\n}",
    ],
    [
      "a comparison is no definition",
      `${fence("add = 3")}\n${fence("if add == 3:\n    pass")}`,
      "add = 3",
    ],
    ["text around with backticks", `Use \`add\` here.\n${fence(add)}\nThe \`\`\`-fence ends.`, add],
    ["an empty block last", `${fence(add)}\n${fence("")}`, add],
    ["white space at its end", fence(`${add}\n\n  `), add],
    ["a fence with attributes", `\`\`\`python title="a.py"\n${add}\n\`\`\``, add],
    [
      "an answer that repeats the question",
      `${fence("def add(a, b):\n    ...")}\n${fence(add)}`,
      add,
    ],
    ["a shell block after it", `${fence(add)}\n${fence("python add.py", "sh")}`, add],
    ["output after it", `${fence(add)}\nOutput:\n${fence("3", "")}`, add],
    ["a decorator", `${fence(`@cache\n${add}`)}\n${fence("add(1, 2)")}`, `@cache\n${add}`],
    [
      "a typed constant",
      `${fence("const add: F = (a, b) => a + b;", "ts")}\n${fence("add(1, 2);", "ts")}`,
      "const add: F = (a, b) => a + b;",
    ],
    [
      "module.exports",
      `${fence("exports.add = (a, b) => a + b;", "js")}\n${fence("exports.add(1, 2);", "js")}`,
      "exports.add = (a, b) => a + b;",
    ],
    [
      "Kotlin",
      `${fence("fun add(a: Int): Int = a", "kotlin")}\n${fence("println(add(1))", "kotlin")}`,
      "fun add(a: Int): Int = a",
    ],
    [
      "Perl",
      `${fence("sub add { $_[0] + $_[1] }", "perl")}\n${fence("add(1, 2);", "perl")}`,
      "sub add { $_[0] + $_[1] }",
    ],
    ["nothing but prose", "I cannot help with that.", "I cannot help with that."],
  ])("is found in %s", (_, answer, expected) => {
    expect(extractCode(answer, { entryPoint: "add" })).toBe(`${expected}\n`);
  });

  it("is the last block where no name is asked for", () => {
    expect(extractCode(`${fence(add)}\n${fence("x = 1")}`)).toBe("x = 1\n");
  });

  it("takes names with signs of regular expressions literally", () => {
    expect(definitionOf("function $a() {}", "$a")).toBe(0);
    expect(definitionOf("function xa() {}", ".a")).toBeUndefined();
  });
});
