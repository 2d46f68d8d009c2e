import { describe, expect, it } from "vitest";
import { importsOf } from "../../src";
import type { ParsedLanguage } from "../../src/imports/imports-of";

/** Sources with comments and texts that look like imports, and what they import. */
const cases: readonly (readonly [
  language: ParsedLanguage,
  name: string,
  text: string,
  expected: string[],
])[] = [
  [
    "C#",
    "plain directives",
    "using System;\nusing System.Collections.Generic;\nclass A {}",
    ["System", "System.Collections.Generic"],
  ],
  [
    "C#",
    "static, global and aliases",
    "global using System.Linq;\nusing static System.Math;\nusing Map = System.Collections.Generic.Dictionary<string, int>;",
    ["System.Linq", "System.Math", "System.Collections.Generic.Dictionary"],
  ],
  [
    "C#",
    "comments",
    "// using No.Line;\n/* using No.Block; */\n/// <summary>using No.Doc;</summary>\nusing Yes;",
    ["Yes"],
  ],
  [
    "C#",
    "texts",
    'class A { string a = "\\n; using No.Text;"; string b = @"\nusing No.Verbatim;"; string c = """\nusing No.Raw;\n"""; }',
    [],
  ],
  [
    "C#",
    "using statements",
    "using A;\nclass B { void C() { using (var f = Open()) {} using var g = Open(); using D e = new(); } }",
    ["A"],
  ],
  [
    "C#",
    "inside a namespace",
    "namespace N {\n  using Inner.Name;\n  class C {}\n}",
    ["Inner.Name"],
  ],
  [
    "C#",
    "a global alias",
    "using global::System.Text;\nusing X = global::Other.Name;",
    ["System.Text", "Other.Name"],
  ],
  [
    "C#",
    "letters in quotes",
    "using A;\nclass B { char c = '\"'; char d = '\\''; /* using No; */ }\n",
    ["A"],
  ],
  [
    "C#",
    "interpolation",
    'using A;\nclass B { string s = $"{x}; using No;"; string t = $@"\nusing No2;"; }',
    ["A"],
  ],
  ["C#", "several on a line", "using A; using B.C;", ["A", "B.C"]],
  [
    "PHP",
    "names",
    "<?php\nuse App\\Models\\User;\nuse App\\Other as Alias;",
    ["App\\Models\\User", "App\\Other"],
  ],
  [
    "PHP",
    "groups",
    "<?php\nuse App\\{A, B as C, D\\E};\nuse function App\\f;\nuse const App\\X;",
    ["App\\A", "App\\B", "App\\D\\E", "App\\f", "App\\X"],
  ],
  [
    "PHP",
    "files",
    "<?php\nrequire 'a.php';\nrequire_once __DIR__ . '/b.php';\ninclude(\"c/d.php\");\ninclude_once dirname(__FILE__) . '/e.php';",
    ["a.php", "./b.php", "c/d.php", "./e.php"],
  ],
  [
    "PHP",
    "comments",
    "<?php\n// use No;\n# use No2;\n/* use No3; */\n#[Attribute]\nuse Yes;",
    ["Yes"],
  ],
  [
    "PHP",
    "texts",
    "<?php\n$a = 'x; use No;';\n$b = \"\nuse No2;\";\n$c = <<<EOT\nuse No3;\nEOT;\n$d = <<<'X'\nuse No4;\nX;\nuse Yes;",
    ["Yes"],
  ],
  [
    "PHP",
    "traits in a class",
    "<?php\nuse A\\B;\nclass C { use SomeTrait; use Other, Third; }",
    ["A\\B"],
  ],
  ["PHP", "closures", "<?php\nuse A;\n$f = function () use ($x) { return $x; };", ["A"]],
  [
    "PHP",
    "a namespace in braces",
    "<?php\nnamespace N {\n  use Inner;\n  class C { use T; }\n}",
    ["Inner"],
  ],
  [
    "PHP",
    "pages around it",
    "<p>use Html;</p>\n<?php use A; ?>\n<p>use More;</p>\n<?php\nuse B;",
    ["A", "B"],
  ],
  ["PHP", "a leading separator", "<?php\nuse \\Root\\Name;", ["Root\\Name"]],
  [
    "Ruby",
    "libraries",
    "require 'json'\nrequire \"net/http\"\nrequire('set')",
    ["json", "net/http", "set"],
  ],
  [
    "Ruby",
    "relative files",
    "require_relative 'a'\nrequire_relative '../b/c'\nrequire_relative './d'",
    ["./a", "../b/c", "./d"],
  ],
  ["Ruby", "load and autoload", "load 'x.rb'\nautoload :Name, 'lib/name'", ["x.rb", "lib/name"]],
  [
    "Ruby",
    "comments",
    "# require 'no'\nrequire 'yes' # require 'no2'\n=begin\nrequire 'no3'\n=end\n",
    ["yes"],
  ],
  [
    "Ruby",
    "texts",
    "a = \"require 'no'\"\nb = 'require \"no2\"'\nc = %q(require 'no3')\nrequire 'yes'",
    ["yes"],
  ],
  [
    "Ruby",
    "here documents",
    "a = <<~EOS\n  require 'no'\nEOS\nb = <<-'X'\n  require 'no2'\n  X\nrequire 'yes'",
    ["yes"],
  ],
  [
    "Ruby",
    "methods of other objects",
    "params.require 'no'\nobj.load('no2')\nKernel.require 'yes'",
    ["yes"],
  ],
  ["Ruby", "interpolated names", "require \"a/#{name}\"\nrequire 'yes'", ["yes"]],
  ["Ruby", "conditions", "require 'a' if x\nbegin; require 'b'; rescue LoadError; end", ["a", "b"]],
  ["Ruby", "the end of the program", "require 'yes'\n__END__\nrequire 'no'", ["yes"]],
  [
    "Python",
    "all forms",
    "import a, b.c as d\nfrom e import f\nfrom . import g\nfrom ..h.i import (j,\n  k)  # from no import x\nif x: import l",
    ["a", "b.c", "l", "e", ".", "..h.i"],
  ],
  ["Python", "texts", '"""\nimport no\n>>> import no2\n"""\nx = "import no3"\nimport yes', ["yes"]],
  [
    "Java",
    "all forms",
    'package p;\nimport a.b.C;\nimport static a.b.D.e;\nimport a.b.*;\n// import no.X;\nclass C { String s = "import no.Y;"; }',
    ["a.b.C", "a.b.D.e", "a.b.*"],
  ],
  [
    "Go",
    "all forms",
    'package p\nimport "fmt"\nimport (\n\tf "os" // "no"\n\t. "a/b"\n\t_ `c`\n)\nvar s = "import \\"no2\\""',
    ["fmt", "os", "a/b", "c"],
  ],
  [
    "C",
    "all forms",
    '#include <stdio.h>\n #  include "a/b.h"\n// #include "no.h"\n/* #include "no2.h" */\nchar *s = "\\n#include \\"no3.h\\"";\n#include MACRO',
    ["<stdio.h>", "a/b.h"],
  ],
  [
    "C++",
    "raw strings and separators",
    'auto n = 1\'000\'000;\nauto s = R"x(\n#include "no.h"\n)x";\n#include "yes.hpp"',
    ["yes.hpp"],
  ],
  [
    "Rust",
    "trees",
    'use a::b::{self, c, d::{e, f as g}};\nuse super::x::*;\nextern crate h;\nmod i;\nmod j { }\n/* /* use no; */ use no2; */\nlet s = r#"use no3;"#;',
    ["a::b", "a::b::c", "a::b::d::e", "a::b::d::f", "super::x::*", "h", "self::i"],
  ],
  [
    "TypeScript",
    "templates and regular expressions",
    "const a = `import 'no' $" +
      "{`$" +
      "{x}`} \" `;\nconst r = /['\"`]/.test(y) ? 1 / 2 : 3;\nimport type { T } from './types';\nexport * as all from './all';\nconst m = await import('./lazy');\nimport fs = require('fs');",
    ["./types", "./all", "./lazy", "fs"],
  ],
  ["JavaScript", "text of JSX", "const a = <p>Don't</p>;\nimport b from 'b';\n", ["b"]],
];

describe("imports of a file", () => {
  it.each(cases)("%s: %s", (language, _, text, expected) => {
    expect(importsOf(text, language).sort()).toEqual([...expected].sort());
  });

  it("are refused for a language that is not parsed", () => {
    expect(() => importsOf("", "COBOL" as ParsedLanguage)).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT" }),
    );
  });

  it.each(["JavaScript", "Python", "C", "Rust", "PHP", "Ruby", "C#"] as const)(
    "take time in proportion to a hostile text: %s",
    (language) => {
      for (const part of ["/*", '"', "'''", "`${", 'R"(', "import ", "/", "<<<A\n", "{"])
        expect(importsOf(part.repeat(20_000), language)).toBeInstanceOf(Array);
    },
  );
});
