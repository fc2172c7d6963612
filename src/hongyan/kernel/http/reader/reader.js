// Draws /openapi.json. All texts go in as text nodes: nothing of the document is taken for markup.
"use strict";

const VERBS = ["get", "post", "put", "patch", "delete"];
const DEEPEST = 8;

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Words between backticks are code; every second piece is one.
function words(text) {
  return text.split(/``?/).map((piece, at) => (at % 2 ? make("code", {}, piece) : piece));
}

function resolve(schema, root) {
  if (!schema || !schema.$ref) return schema ?? {};
  return schema.$ref.slice(2).split("/").reduce((found, key) => found[key], root);
}

function refName(schema) {
  return schema?.$ref ? schema.$ref.split("/").at(-1) : "";
}

function branches(schema) {
  return schema.anyOf ?? schema.oneOf ?? [];
}

function typeOf(schema, root) {
  const real = resolve(schema, root);
  if (branches(real).length) return branches(real).map((one) => typeOf(one, root)).join(" | ");
  if (real.type === "array") return `array of ${typeOf(real.items ?? {}, root)}`;
  if (real.const !== undefined) return JSON.stringify(real.const);
  return [real.type ?? "any"].flat().join(" | ") + (real.format ? ` (${real.format})` : "");
}

function rules(schema, root) {
  const real = resolve(schema, root);
  const found = [];
  const bound = (low, high, what) => {
    if (low !== undefined || high !== undefined) found.push(`${what} ${low ?? ""}…${high ?? ""}`);
  };
  bound(real.minLength, real.maxLength, "length");
  bound(real.minimum ?? real.exclusiveMinimum, real.maximum ?? real.exclusiveMaximum, "range");
  bound(real.minItems, real.maxItems, "items");
  if (real.pattern) found.push(`pattern ${real.pattern}`);
  if (real.enum) found.push(`one of ${real.enum.map((one) => JSON.stringify(one)).join(", ")}`);
  if (real.default !== undefined && real.default !== null) found.push(`default ${JSON.stringify(real.default)}`);
  for (const one of branches(real)) found.push(...rules(one, root));
  return [...new Set(found)];
}

// The object whose fields a reader wants to see: through arrays and the alternatives to null.
function inner(schema, root) {
  const real = resolve(schema, root);
  const object = branches(real).find((one) => inner(one, root).properties);
  if (object) return inner(object, root);
  return real.type === "array" ? inner(real.items ?? {}, root) : real;
}

function rows(schema, root, indent, seen) {
  const real = inner(schema, root);
  if (seen.includes(real) || indent > DEEPEST) return [];
  return Object.entries(real.properties ?? {}).flatMap(([name, field]) => [
    row("  ".repeat(indent) + name, (real.required ?? []).includes(name), field, field.description ?? inner(field, root).description, root),
    ...rows(field, root, indent + 1, [...seen, real]),
  ]);
}

function row(name, isRequired, schema, description, root) {
  const notes = [description, ...rules(schema, root)].filter(Boolean).join(" · ");
  const mark = isRequired ? make("span", { class: "need", title: "required" }, " *") : null;
  return make("tr", {}, make("td", {}, name, mark), make("td", {}, typeOf(schema, root)), make("td", {}, notes));
}

function table(lines) {
  const head = ["Name", "Type", "Meaning and rules"].map((text) => make("th", { scope: "col" }, text));
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...lines));
}

function shape(content, root) {
  return Object.entries(content ?? {}).map(([media, { schema, example, examples }]) => {
    const lines = rows(schema ?? {}, root, 0, []);
    const shown = Object.entries(examples ?? (example === undefined ? {} : { example: { value: example } }));
    const own = resolve(schema, root).examples ?? [];
    const samples = [...shown.map(([name, one]) => [one.summary ?? name, one.value]), ...own.map((one) => ["example", one])];
    return make(
      "div",
      {},
      make("p", {}, make("code", {}, media), ` ${refName(schema) || typeOf(schema, root)}`),
      lines.length ? table(lines) : null,
      ...samples.map(([name, value]) =>
        make("details", {}, make("summary", {}, name), make("pre", {}, JSON.stringify(value, null, 2))),
      ),
    );
  });
}

function answer(status, found, root) {
  const headers = Object.keys(found.headers ?? {}).join(", ");
  const label = `${status} ${found.description ?? ""}`;
  const body = [headers ? make("p", {}, "Headers: ", make("code", {}, headers)) : null, ...shape(found.content, root)];
  const details = make("details", {}, make("summary", {}, label), ...body.filter(Boolean));
  details.open = status.startsWith("2");
  return details;
}

function section(path, verb, operation, root) {
  const id = operation.operationId;
  const parameters = (operation.parameters ?? []).map((one) => {
    const found = resolve(one, root);
    return row(`${found.name} (${found.in})`, found.required, found.schema ?? {}, found.description, root);
  });
  const body = operation.requestBody;
  return make(
    "section",
    { id },
    make("h3", {}, make("span", { class: `verb ${verb}` }, verb.toUpperCase()), " ", path),
    make("p", {}, operation.summary ?? "", " ", make("code", {}, id)),
    saysMore(operation) ? make("p", {}, ...words(operation.description)) : null,
    parameters.length ? make("h4", {}, "Parameters") : null,
    parameters.length ? table(parameters) : null,
    body ? make("h4", {}, "Body") : null,
    ...(body ? shape(body.content, root) : []),
    make("h4", {}, "Answers"),
    ...Object.entries(operation.responses).map(([status, found]) => answer(status, found, root)),
  );
}

function saysMore({ summary, description }) {
  return Boolean(description) && description.replace(/\.$/, "") !== summary;
}

function draw(root) {
  const groups = new Map();
  const main = document.getElementById("top");
  const about = (root.info.description ?? "").split("\n\n").map((text) => make("p", {}, ...words(text)));
  main.replaceChildren(make("h2", {}, `${root.info.title} ${root.info.version}`), ...about);
  main.append(make("p", {}, make("a", { href: "/openapi.json" }, "OpenAPI document")));
  for (const [path, item] of Object.entries(root.paths)) {
    for (const verb of VERBS.filter((one) => item[one])) {
      const operation = item[verb];
      const link = make("a", { href: `#${operation.operationId}`, title: operation.summary ?? "" });
      link.append(make("span", { class: `verb ${verb}` }, verb.toUpperCase()), " ", path);
      const line = make("li", {}, link);
      line.dataset.text = `${verb} ${path} ${operation.operationId} ${operation.summary ?? ""}`.toLowerCase();
      const tag = operation.tags?.[0] ?? "other";
      groups.set(tag, [...(groups.get(tag) ?? []), line]);
      main.append(section(path, verb, operation, root));
    }
  }
  const list = document.getElementById("list");
  for (const [tag, lines] of groups) list.append(make("h2", {}, tag), make("ul", {}, ...lines));
  document.getElementById("find").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const line of list.querySelectorAll("li")) line.hidden = !line.dataset.text.includes(wanted);
  });
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

fetch("/openapi.json")
  .then((found) => found.json())
  .then(draw)
  .catch((error) => {
    document.getElementById("state").textContent = `The document could not be drawn: ${error}`;
  });
