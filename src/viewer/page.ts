import { createHash } from "node:crypto";

/** The page: one script and one style, both written into it. */
export interface Assets {
  readonly script: string;
  readonly style: string;
}

function digest(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** Nothing runs and nothing is styled but the two that we wrote, and nothing is fetched but from here. */
export function contentPolicy({ script, style }: Assets): string {
  return [
    "default-src 'none'",
    `script-src ${digest(script)}`,
    `style-src ${digest(style)}`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

/** What stands beside every answer to a browser, whatever it is. */
export const pageHeaders = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
} as const;

/** A page as it is answered, packed where the browser takes that. */
export function pageResponder(
  assets: Assets,
  options: PageOptions = {},
): (request: Request) => Response {
  const page = new TextEncoder().encode(renderPage(assets, options));
  const packed = Bun.gzipSync(page);
  const policy = `${contentPolicy(assets)}; frame-ancestors 'none'`;
  return ({ headers }) => {
    const packs = /\bgzip\b/.test(headers.get("Accept-Encoding") ?? "");
    return new Response(packs ? packed : page, {
      headers: {
        ...pageHeaders,
        "Content-Security-Policy": policy,
        "Content-Type": "text/html; charset=utf-8",
        Vary: "Accept, Accept-Encoding",
        ...(packs ? { "Content-Encoding": "gzip" } : {}),
      },
    });
  };
}

export interface PageOptions {
  /** Answers that the page finds within itself instead of asking for them, by their address. */
  readonly embedded?: Readonly<Record<string, unknown>>;
  /** Whose page it is: a repository's, or a service's for its team. */
  readonly of?: "viewer" | "team";
  /** What the page opens at, as the part of its address behind `#`. */
  readonly start?: string;
}

/** The page. With embedded answers it is whole in itself and has its policy within it, as a file has no headers. */
export function renderPage(
  assets: Assets,
  { embedded, start = "", of = "viewer" }: PageOptions = {},
): string {
  const policy = contentPolicy(assets);
  const meta =
    embedded === undefined
      ? ""
      : `<meta http-equiv="Content-Security-Policy" content="${policy.replace("connect-src 'self'", "connect-src 'none'")}">`;
  // `<` is written otherwise, so that no text of a transcript can end the element that holds it.
  const data =
    embedded === undefined
      ? ""
      : `<script type="application/json" id="embedded">${JSON.stringify({ start, answers: embedded }).replaceAll("<", "\\u003c")}</script>`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    meta,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><title>agent-trace</title>',
    '<link rel="icon" href="data:,">',
    `<style>${assets.style}</style></head><body><div id="app" data-page="${of}"></div>`,
    "<noscript>This page needs JavaScript, which comes with it.</noscript>",
    data,
    `<script>${assets.script}</script></body></html>`,
  ].join("");
}
