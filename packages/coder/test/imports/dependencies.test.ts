import { describe, expect, it } from "vitest";
import { dependenciesOf, packRepository } from "../../src";

describe("dependencies inside a repository", () => {
  it.each([
    [
      "src/app.py",
      "import pkg.util\nfrom . import helper\nfrom pkg import Thing, sub",
      ["src/pkg/__init__.py", "src/pkg/util.py", "src/helper.py", "src/pkg/sub.py", "src/other.py"],
      ["src/helper.py", "src/pkg/__init__.py", "src/pkg/sub.py", "src/pkg/util.py"],
    ],
    [
      "a/b/c.py",
      "from ..x import y\nfrom .... import far",
      ["a/x/y.py", "a/x/__init__.py", "far.py"],
      ["a/x/y.py"],
    ],
    [
      "src/Main.java",
      "import com.acme.util.Text;\nimport static com.acme.Math.max;\nimport com.acme.all.*;",
      [
        "src/com/acme/util/Text.java",
        "src/com/acme/Math.java",
        "src/com/acme/all/A.java",
        "src/com/acme/all/B.java",
        "src/Text.java",
      ],
      [
        "src/com/acme/Math.java",
        "src/com/acme/all/A.java",
        "src/com/acme/all/B.java",
        "src/com/acme/util/Text.java",
      ],
    ],
    [
      "cmd/main.go",
      'import "example.com/m/pkg/log"',
      ["pkg/log/log.go", "pkg/log/log_test.go", "pkg/other/x.go"],
      ["pkg/log/log.go"],
    ],
    [
      "src/main.c",
      '#include "util.h"\n#include "lib/x.h"\n#include <stdio.h>\n#include "deep.h"',
      ["src/util.h", "lib/x.h", "stdio.h", "include/very/deep.h"],
      ["include/very/deep.h", "lib/x.h", "src/util.h"],
    ],
    [
      "src/main.rs",
      "mod config;\nuse crate::net::Client;\nuse self::config::Kind;",
      ["src/config.rs", "src/net/mod.rs", "src/other.rs"],
      ["src/config.rs", "src/net/mod.rs"],
    ],
    [
      "src/net/mod.rs",
      "mod tcp;\nuse super::config::X;\nuse crate::main_loop;",
      ["src/lib.rs", "src/net/tcp.rs", "src/config.rs", "src/main_loop.rs"],
      ["src/config.rs", "src/main_loop.rs", "src/net/tcp.rs"],
    ],
    [
      "public/index.php",
      "<?php\nuse App\\Models\\User;\nrequire __DIR__ . '/boot.php';\nrequire 'lib/x.php';",
      ["src/Models/User.php", "public/boot.php", "lib/x.php"],
      ["lib/x.php", "public/boot.php", "src/Models/User.php"],
    ],
    [
      "lib/app.rb",
      "require_relative 'app/core'\nrequire 'app/extra'\nrequire 'json'",
      ["lib/app/core.rb", "lib/app/extra.rb"],
      ["lib/app/core.rb", "lib/app/extra.rb"],
    ],
    [
      "src/Program.cs",
      "using Acme.Data;\nusing System;",
      ["src/Acme/Data/Row.cs", "src/Acme/Data/Table.cs"],
      ["src/Acme/Data/Row.cs", "src/Acme/Data/Table.cs"],
    ],
    [
      "a.ts",
      "import './b';\nimport './c.js';\nimport '../out';\nimport './a';\nimport 'react';",
      ["b/index.ts", "c.ts", "a.ts"],
      ["b/index.ts", "c.ts"],
    ],
    ["notes.txt", "import a from './b'", ["b.ts"], []],
  ])("of %s", (path, text, paths, expected) => {
    expect(dependenciesOf({ path, text }, [path, ...paths])).toEqual(expected);
  });

  it("refuse paths that lead out of the repository", () => {
    for (const path of ["../a.py", "/etc/a.py", "a/../../b.py", ""]) {
      expect(() => dependenciesOf({ path, text: "" }, [])).toThrow(
        expect.objectContaining({ code: "ERR_PATH" }),
      );
      expect(() => dependenciesOf({ path: "a.py", text: "" }, [path])).toThrow(
        expect.objectContaining({ code: "ERR_PATH" }),
      );
    }
  });
});

describe("a packed repository", () => {
  const files = [
    { path: "main.py", text: "import util\nprint(util.x)" },
    { path: "util.py", text: "x = 1\n\n" },
    { path: "alone.py", text: "y = 2\n" },
  ];

  it("puts what a file depends on before it, each after a comment with its path", () => {
    expect(packRepository(files)).toEqual([
      { paths: ["alone.py"], text: "#alone.py\ny = 2\n" },
      {
        paths: ["util.py", "main.py"],
        text: "#util.py\nx = 1\n#main.py\nimport util\nprint(util.x)\n",
      },
    ]);
  });

  it("splits long groups between files", () => {
    expect(packRepository(files, { maxLength: 30 }).map(({ paths }) => paths)).toEqual([
      ["alone.py"],
      ["util.py"],
      ["main.py"],
    ]);
  });

  it("is one sample in random order or in that of paths", () => {
    expect(packRepository(files, { order: "path" }).map(({ paths }) => paths)).toEqual([
      ["alone.py", "main.py", "util.py"],
    ]);
    const [sample] = packRepository(files, { order: "random", random: () => 0 });
    expect([...sample!.paths].sort()).toEqual(["alone.py", "main.py", "util.py"]);
    expect(() => packRepository(files, { order: "random" })).toThrow("needs random");
  });

  it.each([
    ["its folder", "util/v3", "v3/index.ts"],
    ["src", "util", "src/index.ts"],
    ["src with an extension", "util/deep/a.js", "src/deep/a.ts"],
    ["exports", "util/public", "src/inner/secret.ts"],
    ["exports of one file", "@scope/other", "packages/other/entry.ts"],
  ])("follows a package's own name into %s", (_, specifier, path) => {
    const exports = {
      ".": { import: "./dist/index.js" },
      "./public": { node: ["./dist/x.js", { default: "./src/inner/secret.ts" }] },
    };
    const manifests = [
      { path: "package.json", text: JSON.stringify({ name: "util", exports }) },
      {
        path: "packages/other/package.json",
        text: '{"name": "@scope/other", "exports": "./entry.ts"}',
      },
      { path: "packages/broken/package.json", text: "{" },
      { path: "packages/odd/package.json", text: '{"name": 1, "exports": null}' },
    ];
    const user = { path: "a.ts", text: `import { x } from "${specifier}";` };
    const packed = packRepository([user, { path, text: "export const x = 1;" }, ...manifests]);
    expect(packed.map(({ paths }) => paths)).toContainEqual([path, "a.ts"]);
  });

  it("follows a name that is given, and no name of another package", () => {
    const user = {
      path: "test/a.ts",
      text: 'import "zod/v3";\nimport "zod-to-x/v3";\nimport "zod/../../b";',
    };
    const used = { path: "v3/index.ts", text: "" };
    const other = { path: "b.ts", text: "" };
    const lone = packRepository([user, used, other]).map(({ paths }) => paths);
    expect(lone).toEqual([["b.ts"], ["test/a.ts"], ["v3/index.ts"]]);
    const named = packRepository([user, used, other], { packageName: "zod" });
    expect(named.map(({ paths }) => paths)).toEqual([["b.ts"], ["v3/index.ts", "test/a.ts"]]);
    expect(() => packRepository([user], { packageName: 1 as never })).toThrow("packageName");
  });

  it("reads exports that are nested deep", () => {
    const exports = `${'{"import":'.repeat(5000)}"./x.ts"${"}".repeat(5000)}`;
    const files = [
      { path: "package.json", text: `{"name": "deep", "exports": ${exports}}` },
      { path: "a.ts", text: 'import "deep";' },
      { path: "x.ts", text: "" },
    ];
    expect(packRepository(files).map(({ paths }) => paths)).toContainEqual(["x.ts", "a.ts"]);
  });

  it("refuses two files of one path", () => {
    expect(() => packRepository([...files, { path: "./util.py", text: "" }])).toThrow(
      "util.py is there twice",
    );
  });
});
