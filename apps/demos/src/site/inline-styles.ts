/** Moves style attributes of markup into classes, since the pages' policy refuses them. */
export function stylesToClasses(markup: string): { markup: string; css: string } {
  const names = new Map<string, string>();
  const nameOf = (style: string) => {
    const known = names.get(style) ?? `i${names.size + 1}`;
    names.set(style, known);
    return known;
  };
  const changed = markup.replaceAll(/<[a-z][^<>]*?\sstyle="[^"]*"[^<>]*>/gi, (tag) => {
    const [, style] = /\sstyle="([^"]*)"/.exec(tag)!;
    const plain = tag.replace(/\sstyle="[^"]*"/, "");
    const name = nameOf(style!);
    return /\sclass="/.test(plain)
      ? plain.replace(/\sclass="/, ` class="${name} `)
      : plain.replace(/^<[a-z0-9-]+/i, (start) => `${start} class="${name}"`);
  });
  const css = [...names].map(([style, name]) => `.${name} { ${style} }`).join("\n");
  return { markup: changed, css };
}

/** The texts of style elements in markup. */
export const styleTexts = (markup: string): string[] =>
  [...markup.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, text]) => text!);
