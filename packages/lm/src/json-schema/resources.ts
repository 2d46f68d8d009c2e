import { shown } from "@deepgrain/support";
import { schemasInside, type Words } from "./keywords";
import { isObject, nameOf, refuse } from "./places";

/** A schema with an identifier of its own, and what is named in it. */
interface Resource {
  readonly root: unknown;
  readonly uri: string;
  readonly anchors: Map<string, object>;
}

/** The base of a schema without an identifier. */
const NO_BASE = "json-schema:///";

const textOf = (schema: Words, name: string): string | undefined =>
  typeof schema[name] === "string" ? (schema[name] as string) : undefined;

/** An address without its fragment; undefined where it is none. */
function addressOf(reference: string, base: string): { uri: string; fragment: string } | undefined {
  try {
    const { href, hash } = new URL(reference, base);
    return {
      uri: href.slice(0, href.length - hash.length).replace(/#$/, ""),
      fragment: hash.slice(1),
    };
  } catch {
    return undefined;
  }
}

/** The resources of a schema: where `$id` (`id` in draft 4) and `$anchor` stand, and what references name. */
export class Resources {
  private readonly byAddress = new Map<string, Resource>();
  /** The resources of schemas that are not the root's. */
  private readonly inner = new Map<object, Resource>();
  private readonly whole: Resource;

  constructor(root: unknown) {
    this.whole = { root, uri: NO_BASE, anchors: new Map() };
    this.byAddress.set(NO_BASE, this.whole);
    const open: { schema: unknown; resource: Resource }[] = [
      { schema: root, resource: this.whole },
    ];
    for (let one = open.pop(); one; one = open.pop()) {
      if (!isObject(one.schema)) continue;
      const resource = this.enter(one.schema, one.resource);
      for (const schema of schemasInside(one.schema)) open.push({ schema, resource });
    }
  }

  /** The resource of a schema inside another resource's. */
  private enter(schema: Words, around: Resource): Resource {
    let resource = around;
    const id = textOf(schema, "$id") ?? textOf(schema, "id");
    if (id !== undefined && !id.startsWith("#")) {
      const address = addressOf(id, around.uri);
      if (address) {
        resource = { root: schema, uri: address.uri, anchors: new Map() };
        if (!this.byAddress.has(address.uri)) this.byAddress.set(address.uri, resource);
      }
    }
    if (resource !== this.whole) this.inner.set(schema, resource);
    const names = [textOf(schema, "$anchor"), textOf(schema, "$dynamicAnchor")];
    if (id?.startsWith("#")) names.push(id.slice(1)); // as drafts 4 to 7 name a place
    for (const name of names)
      if (name !== undefined && !resource.anchors.has(name)) resource.anchors.set(name, schema);
    return resource;
  }

  /**
   * The schema that a reference names.
   * @param schema in which it stands
   * @throws {LmError} `ERR_ARGUMENT` for one that leads outside, to nothing, or is malformed
   */
  referred($ref: unknown, schema: object, path: string): unknown {
    if (typeof $ref !== "string") return refuse(path, "$ref must be a text");
    const around = this.inner.get(schema) ?? this.whole;
    let resource: Resource | undefined = around;
    let fragment = $ref.slice(1);
    if (!$ref.startsWith("#")) {
      const address = addressOf($ref, around.uri);
      resource = address && this.byAddress.get(address.uri);
      fragment = address?.fragment ?? "";
    }
    if (!resource)
      return refuse(
        path,
        "$ref must begin with # and name a place of this schema, or an $id in it",
      );
    if (fragment === "" || fragment.startsWith("/"))
      return this.pointed(resource, fragment, $ref, path);
    const name = nameOf(fragment);
    return (
      (name === undefined ? undefined : resource.anchors.get(name)) ??
      refuse(path, `$ref ${shown($ref)} names nothing`)
    );
  }

  private pointed(from: Resource, pointer: string, $ref: string, path: string): unknown {
    let resource = from;
    let target: unknown = from.root;
    for (const step of pointer.split("/").slice(1)) {
      const name = nameOf(step);
      if (name === undefined)
        return refuse(path, `$ref must be percent-encoded UTF-8, got ${shown($ref)}`);
      const inside = typeof target === "object" && target !== null && Object.hasOwn(target, name);
      if (!inside) return refuse(path, `$ref ${$ref} names nothing`);
      target = (target as Record<string, unknown>)[name];
      resource = (isObject(target) && this.inner.get(target)) || resource;
    }
    if (isObject(target) && resource !== this.whole) this.inner.set(target, resource);
    return target;
  }
}
