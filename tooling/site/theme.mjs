// TypeDoc's theme, but for three things: a package's page begins with the first block of its README, then its names by purpose, then
// the rest; types of options stand below what takes them; and a package whose main module has its name is named once.
import { DefaultTheme, DefaultThemeRenderContext, JSX, ReflectionKind } from "typedoc";
import { optionTypesOf } from "./group-names.mjs";

const isBlock = ({ kind, text }) => kind === "code" && /^```[jt]s\b/.test(text);

/** The main module of a package that has several. */
const mainOf = (module) =>
  module.children?.find(({ kind, name }) => kind === ReflectionKind.Module && name === module.name);

/** Up to the end of the first sentence. */
function firstSentence(parts) {
  const sentence = [];
  for (const part of parts) {
    const end = part.kind === "text" ? part.text.search(/[.:](?=\s|$)/) : -1;
    if (end >= 0) return [...sentence, { ...part, text: `${part.text.slice(0, end)}.` }];
    sentence.push(part);
  }
  return sentence;
}

class Context extends DefaultThemeRenderContext {
  constructor(...args) {
    super(...args);
    const { breadcrumbs, moduleMemberSummary, moduleReflection } = this;
    this.moduleReflection = (module) => this.packagePage(module, moduleReflection);
    this.moduleMemberSummary = (member) => this.summary(member, moduleMemberSummary);
    this.breadcrumbs = (reflection) => {
      const list = breadcrumbs(reflection);
      const names = [];
      for (let one = reflection; one.parent; one = one.parent) names.unshift(one.name);
      list.children[0] = list.children[0].filter((_, i) => i === 0 || names[i] !== names[i - 1]);
      return list;
    };
    this.commentShortSummary = (reflection) => {
      const { comment, signatures } = reflection;
      const parts =
        comment?.getShortSummary(true) ?? signatures?.[0]?.comment?.getShortSummary(true);
      return parts?.some(({ text }) => text) ? this.displayParts(firstSentence(parts)) : undefined;
    };
  }

  packagePage(module, own) {
    const { readme } = module;
    const block = readme?.findIndex(isBlock) ?? -1;
    if (block < 0 || module.isProject()) return own(module);
    const text = (parts) =>
      JSX.createElement(
        "section",
        { class: "tsd-panel tsd-typography" },
        JSX.createElement(JSX.Raw, { html: this.markdown(parts) }),
      );
    const main = mainOf(module);
    module.readme = undefined; // `own` would show all of it
    const first = text(readme.slice(0, block + 1));
    const names = main && own(main);
    const entries = own(module);
    this.page.startNewSection("README");
    const rest = text(readme.slice(block + 1));
    module.readme = readme;
    return JSX.createElement(JSX.Fragment, null, first, names, entries, rest);
  }

  summary(member, own) {
    const options = optionTypesOf(member);
    if (options.length === 0) return own(member);
    const links = options.map((type) =>
      JSX.createElement("a", { href: this.urlTo(type) }, type.name),
    );
    const line = JSX.createElement(
      "dd",
      { class: "tsd-member-summary taken-options" },
      "Options: ",
      links,
    );
    return JSX.createElement(JSX.Fragment, null, own(member), line);
  }
}

/** Puts what the main module has in place of it. */
function namedOnce(node) {
  const children = node.children?.flatMap((child) => {
    if (child.path !== undefined || !child.children)
      return child.text === node.text ? (child.children ?? []) : [child];
    const main = child.children.find(({ text }) => text === node.text);
    const others = child.children.filter((one) => one !== main);
    return [
      ...(main?.children ?? []),
      ...(others.length > 0 ? [{ ...child, children: others }] : []),
    ];
  });
  return children ? { ...node, children } : node;
}

class Theme extends DefaultTheme {
  getRenderContext(page) {
    return new Context(this.router, this, page, this.application.options);
  }

  buildNavigation(project) {
    return super
      .buildNavigation(project)
      .map((group) => ({ ...group, children: group.children?.map(namedOnce) }));
  }
}

/** Lets an application write its pages so. */
export function addTheme(app) {
  app.renderer.defineTheme("deepgrain", Theme);
  app.options.setValue("theme", "deepgrain");
}
