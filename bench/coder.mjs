// The tables of programs that are run, and of latent attention.
import { markdownTable, show } from "./markdown.mjs";

/** The part of `npm run bench -- --only coder`. */
export function coder({ measure }) {
  const [line = {}] = measure(process.execPath, ["ours/coder.mjs"]);
  const { programs = {}, decoding = {}, grpo = {} } = line;
  console.log("\n### Programs per second, decoding with latents, and a step of GRPO\n");
  const share = (seconds) => `${show((100 * seconds) / grpo.step, 0)} %`;
  const updating = grpo.step - grpo.sampling - grpo.running;
  console.log(
    markdownTable([
      ["", "here", "beside", "ratio"],
      [
        "programs per second: fresh instance, fresh context",
        show(programs.instance, 0),
        show(programs.context, 0),
        show(programs.instance / programs.context),
      ],
      [
        "the same: through the sandbox, fresh instance",
        show(programs.sandbox, 0),
        show(programs.instance, 0),
        show(programs.sandbox / programs.instance),
      ],
      [
        "ms per token at 2,048 positions: naive, absorbed",
        show(1000 * decoding.naive),
        show(1000 * decoding.absorbed),
        show(decoding.naive / decoding.absorbed),
      ],
    ]),
  );
  const parts = [grpo.sampling, grpo.running, updating].map(share).join(", ");
  const seconds = show(grpo.step / grpo.steps);
  console.log(
    `\nA step of GRPO with ${grpo.answers} answers, ${seconds} s: sampling, running, updating ${parts}.`,
  );
}
