import { it } from "vitest";
import { createPythonSandbox } from "../src/python";
import { buildChild } from "./python/support/build-child";
it("x", async () => {
  const sandbox = await createPythonSandbox({ child: await buildChild() });
  console.log(sandbox.strength);
  const adds = [{ call: "add", arguments: [1, 2], equals: 3 }];
  for (const code of ["def add(a,b): return a+b","def add(a,b): return a-b","print('hi')\ndef add(a,b): return 3","while True: pass","def add(a,b):\n  while True: pass", "import os\nos._exit(0)","def add(a,b): return add(a,b)","def add(a,b)","def add(a,b):\n  while True: print('x'*1000)","import js\njs.process.stdout.write('{}\\n')\ndef add(a,b): return 3","import js\njs.console.log('{}\\n')\ndef add(a,b): return 3", "a=[]\nwhile True: a.append(bytearray(10**7))"]) {
    const t = performance.now();
    console.log(JSON.stringify(code), JSON.stringify(await sandbox.test({ language: "Python", code }, adds, {seconds: 3})), performance.now() - t);
  }
  sandbox.dispose();
}, 300000);
