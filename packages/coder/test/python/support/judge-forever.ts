/** @file A process that judges a program that never ends: in the program, or in its tests. */
import { createPythonSandbox } from "../../../src/python";

const [child, code, tests] = process.argv.slice(2);
const sandbox = await createPythonSandbox({
  child: new URL(child!),
  limits: { seconds: 3600, killMs: 3_600_000 },
});
await sandbox.test({ language: "Python", code: code! }, tests!);
