import { defineCliCommand } from "../cli/define-command";
export const start = defineCliCommand({
  name: "start",
  description: "",
  examples: [],
  args: {},
  async run() {},
});
