/** @file Checks of a tarball alone: publint, and @arethetypeswrong/cli in its profile for packages of ES modules. */
import { entriesOf } from "../check-floor.mjs";
import { NotAvailable } from "./cells.mjs";
import { run } from "./tools.mjs";

/** @throws {NotAvailable} for a package that nobody imports */
export function assertLibrary(one) {
  if (entriesOf(one).length === 0) throw new NotAvailable("exports no module");
}

export const shapeChecks = ({ tools, tarballOf, folder }) => [
  {
    name: "publint",
    async of(one) {
      const [node, ...words] = await tools.program("publint");
      await run(folder, node, [...words, await tarballOf(one), "--strict"]);
    },
  },
  {
    name: "attw",
    async of(one) {
      assertLibrary(one);
      const [node, ...words] = await tools.program("attw");
      const tarball = await tarballOf(one);
      await run(folder, node, [
        ...words,
        tarball,
        "--profile",
        "esm-only",
        "--no-emoji",
        "--no-color",
      ]);
    },
  },
];
