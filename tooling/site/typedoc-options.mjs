// TypeDoc plugin: shows `@param options.k …` of a docstring as a list under the parameter `options`.
// TypeDoc itself does so only for parameters that are declared by name with a type written in place.
import { Comment, CommentTag, Converter, ReflectionKind } from "typedoc";

/** Moves the tags of single options into the tag of the parameter they belong to. */
function collectOptions(signature) {
  const { comment, parameters = [] } = signature;
  const isOption = (tag) => tag.tag === "@param" && /^\w+\./.test(tag.name ?? "");
  for (const options of comment.blockTags.filter(isOption)) {
    const [owner, ...path] = options.name.split(".");
    const unnamed = parameters.find(({ name }) => name === "__namedParameters");
    const parameter = parameters.find(({ name }) => name === owner) ?? unnamed;
    if (!parameter) continue; // TypeDoc reports the unused tag
    parameter.name = owner;
    let tag = comment.blockTags.find(({ tag, name }) => tag === "@param" && name === owner);
    if (!tag) {
      tag = new CommentTag("@param", []);
      tag.name = owner;
      comment.blockTags.push(tag);
    }
    const item = { kind: "text", text: `\n- \`${path.join(".")}\`: ` };
    tag.content.push(item, ...Comment.cloneDisplayParts(options.content));
    comment.blockTags = comment.blockTags.filter((other) => other !== options);
  }
}

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.converter.on(
    Converter.EVENT_RESOLVE_BEGIN,
    ({ project }) => {
      for (const signature of project.getReflectionsByKind(ReflectionKind.SomeSignature))
        if (signature.comment) collectOptions(signature);
    },
    1000, // before TypeDoc hands the tags to the parameters
  );
}
