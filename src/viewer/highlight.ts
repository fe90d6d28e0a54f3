/** Kinds of tokens; a token names its kind by its place here. 0 is plain text. */
export const tokenKinds = [
  "",
  "keyword",
  "string",
  "comment",
  "number",
  "name",
  "type",
  "meta",
] as const;

const kindOf: Readonly<Record<string, (typeof tokenKinds)[number]>> = {
  keyword: "keyword",
  literal: "number",
  number: "number",
  string: "string",
  regexp: "string",
  char: "string",
  comment: "comment",
  quote: "comment",
  doctag: "comment",
  title: "name",
  name: "keyword",
  section: "name",
  built_in: "type",
  type: "type",
  class: "type",
  attr: "name",
  attribute: "name",
  "selector-tag": "keyword",
  "selector-class": "name",
  variable: "name",
  symbol: "string",
  meta: "meta",
  tag: "meta",
  link: "string",
  bullet: "meta",
};

/**
 * Of the library and its languages what a file needs is loaded, when it is needed. The types that come with it would
 * bring a browser's into all our code.
 */
interface Highlighter {
  getLanguage(name: string): object | undefined;
  registerLanguage(name: string, language: object): void;
  highlight(
    code: string,
    options: { language: string; ignoreIllegals: boolean },
  ): { readonly value: string };
}

const languages: Readonly<Record<string, () => object>> = {
  bash: () => require("highlight.js/lib/languages/bash"),
  c: () => require("highlight.js/lib/languages/c"),
  cpp: () => require("highlight.js/lib/languages/cpp"),
  csharp: () => require("highlight.js/lib/languages/csharp"),
  css: () => require("highlight.js/lib/languages/css"),
  go: () => require("highlight.js/lib/languages/go"),
  ini: () => require("highlight.js/lib/languages/ini"),
  java: () => require("highlight.js/lib/languages/java"),
  javascript: () => require("highlight.js/lib/languages/javascript"),
  json: () => require("highlight.js/lib/languages/json"),
  kotlin: () => require("highlight.js/lib/languages/kotlin"),
  markdown: () => require("highlight.js/lib/languages/markdown"),
  php: () => require("highlight.js/lib/languages/php"),
  python: () => require("highlight.js/lib/languages/python"),
  ruby: () => require("highlight.js/lib/languages/ruby"),
  rust: () => require("highlight.js/lib/languages/rust"),
  sql: () => require("highlight.js/lib/languages/sql"),
  swift: () => require("highlight.js/lib/languages/swift"),
  typescript: () => require("highlight.js/lib/languages/typescript"),
  xml: () => require("highlight.js/lib/languages/xml"),
  yaml: () => require("highlight.js/lib/languages/yaml"),
};

const endings: Readonly<Record<string, string>> = {
  sh: "bash",
  bash: "bash",
  zsh: "bash",
  c: "c",
  h: "c",
  cc: "cpp",
  cpp: "cpp",
  cxx: "cpp",
  hpp: "cpp",
  cs: "csharp",
  css: "css",
  scss: "css",
  go: "go",
  toml: "ini",
  ini: "ini",
  cfg: "ini",
  java: "java",
  js: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  jsx: "javascript",
  json: "json",
  jsonc: "json",
  kt: "kotlin",
  kts: "kotlin",
  md: "markdown",
  php: "php",
  py: "python",
  pyi: "python",
  rb: "ruby",
  rs: "rust",
  sql: "sql",
  swift: "swift",
  ts: "typescript",
  mts: "typescript",
  cts: "typescript",
  tsx: "typescript",
  html: "xml",
  xml: "xml",
  svg: "xml",
  vue: "xml",
  yml: "yaml",
  yaml: "yaml",
};

/** Beyond these colours are done without: a page must not wait, and one long line is no code. */
const mostCharacters = 1_500_000;
const longestLine = 20_000;

/** Each line's tokens as pairs of kind and length; empty for a language that is not known. */
export function highlight(path: string, lines: readonly string[]): number[][] {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? "";
  const language = Object.hasOwn(endings, ending) ? endings[ending] : undefined;
  if (language === undefined) return [];
  let size = 0;
  for (const line of lines) {
    size += line.length + 1;
    if (line.length > longestLine || size > mostCharacters) return [];
  }
  const core = require("highlight.js/lib/core") as Highlighter;
  const load = languages[language];
  if (load !== undefined && core.getLanguage(language) === undefined) {
    core.registerLanguage(language, load());
  }
  const { value } = core.highlight(lines.join("\n"), { language, ignoreIllegals: true });
  return readTokens(value);
}

/** Takes the library's mark-up apart, which has nothing but spans and five entities. */
function readTokens(markup: string): number[][] {
  const lines: number[][] = [[]];
  const open: number[] = [];
  const add = (length: number): void => {
    if (length === 0) return;
    const line = lines[lines.length - 1] ?? [];
    const kind = open.at(-1) ?? 0;
    if (line.at(-2) === kind) line[line.length - 1] = (line.at(-1) ?? 0) + length;
    else line.push(kind, length);
  };
  for (const [, name, end, entity, newline, text] of markup.matchAll(
    /<span class="([^"]*)">|(<\/span>)|(&[#\w]+;)|(\n)|([^<&\n]+)/g,
  )) {
    if (name !== undefined) open.push(kindNumber(name) || (open.at(-1) ?? 0));
    else if (end !== undefined) open.pop();
    else if (newline !== undefined) lines.push([]);
    else add(entity === undefined ? (text?.length ?? 0) : 1);
  }
  return lines;
}

function kindNumber(className: string): number {
  const name = /hljs-([\w-]+)/.exec(className)?.[1] ?? "";
  return tokenKinds.indexOf(kindOf[name] ?? "");
}
