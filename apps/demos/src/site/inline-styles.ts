/** Markup without styles of its own, and the style sheet that takes their place. */
export interface WithoutStyles {
  markup: string;
  css: string;
  /** The texts of the style elements that were in it. */
  elements: string[];
}

/** Moves styles of markup, attributes and elements, into a style sheet, since the pages' policy refuses them. */
export function stylesToClasses(styled: string): WithoutStyles {
  const names = new Map<string, string>();
  const nameOf = (style: string) => {
    const known = names.get(style) ?? `i${names.size + 1}`;
    names.set(style, known);
    return known;
  };
  const elements = new Set<string>();
  const markup = styled
    .replaceAll(/<style>([\s\S]*?)<\/style>/g, (_, text: string) => {
      elements.add(text);
      return "";
    })
    .replaceAll(/<[a-z][^<>]*?\sstyle="[^"]*"[^<>]*>/gi, (tag) => {
      const [attribute, style] = /\sstyle="([^"]*)"/.exec(tag)!;
      const plain = tag.replace(attribute, "");
      const name = nameOf(style!);
      return /\sclass="/.test(plain)
        ? plain.replace(/\sclass="/, ` class="${name} `)
        : plain.replace(/^<[a-z0-9-]+/i, (start) => `${start} class="${name}"`);
    });
  const rules = [...names].map(([style, name]) => `.${name} { ${style} }`);
  return { markup, css: [...elements, ...rules].join("\n"), elements: [...elements] };
}
