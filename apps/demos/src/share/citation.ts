import { type System, systems } from "../site/systems";

/** The studies whose papers a page is about. */
const studies: Readonly<Record<string, readonly string[]>> = {
  mixture: ["deepseek-moe", "esft"],
  watermark: ["balance-marking"],
  graph: ["renode"],
  anchors: ["label-words"],
  verifier: ["math-shepherd"],
  code: ["deepseek-coder-v2"],
  purify: ["fine-purify"],
  federated: ["redgrape"],
  scaling: ["deepseek-llm"],
};

const entry = (key: string, fields: Readonly<Record<string, string>>): string =>
  [
    `@misc{${key},`,
    ...Object.entries(fields).map(([name, value]) => `  ${name} = {${value}},`),
    "}",
  ].join("\n");

function ofPaper({ study, paper, authors, arxiv }: System): string {
  const [, who, year] = /^(.*) (\d{4})$/.exec(authors)!;
  const author = who!.endsWith(" et al.") ? who!.replace(" et al.", " and others") : `{${who}}`;
  return entry(study, {
    title: `{${paper}}`,
    author,
    year: year!,
    eprint: arxiv,
    archivePrefix: "arXiv",
    url: `https://arxiv.org/abs/${arxiv}`,
  });
}

/**
 * BibTeX of a page's papers and of the page itself.
 * @param id of the page
 * @param address with the page's state
 */
export function citationOf(
  id: string,
  { title, address }: { title: string; address: string },
): string {
  const papers = systems.filter(({ study }) => studies[id]?.includes(study)).map(ofPaper);
  const page = entry(`deepgrain-${id}`, {
    title: `{${title}}`,
    author: "{Deepgrain}",
    note: "Interactive page",
    // Braces would end the field.
    url: address.replaceAll("{", "%7B").replaceAll("}", "%7D"),
  });
  return [...papers, page].join("\n\n");
}
