import { defineCliCommand } from "../cli/define-command";
export const esft = defineCliCommand({
  name: "esft",
  description: "",
  examples: [],
  args: {},
  async run() {},
});
