import { maskSource, STRING } from "./mask-source";

const ignored =
  /^=begin\b[\s\S]*?(?:^=end\b[^\n]*|(?![\s\S]))|^__END__\n[\s\S]*|(?<![\w)\]}])#[^\n]*|(?<=[\w)\]}][ \t]*)#(?!\{)[^\n]*|<<[~-]?(["'`]?)([A-Z_]\w*)\1[^\n]*\n[\s\S]*?^[ \t]*\2$|%[qQ]?(?:\(([^()]*)\)|\[([^\][]*)\]|\{([^{}]*)\})|"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|'([^'\\]*(?:\\[\s\S][^'\\]*)*)'/gm;

const statement = new RegExp(
  `(?<![.\\w:@$])(?:Kernel\\.)?(require|require_relative|load|autoload)\\b[ \\t]*\\(?\\s*(?::\\w+\\s*,\\s*|[\\x01\\d]+,\\s*)?${STRING}`,
  "g",
);

/** Libraries and files that a file of Ruby loads; those of `require_relative` begin with `./` or `../`. */
export function rubyImports(text: string): string[] {
  const { code, strings } = maskSource(text.replace(/\r\n?/g, "\n"), ignored);
  return [...code.matchAll(statement)].flatMap(([, kind, number]) => {
    const path = strings[Number(number)]!;
    if (path.includes("#{")) return [];
    return kind === "require_relative" && !path.startsWith(".") ? [`./${path}`] : [path];
  });
}
