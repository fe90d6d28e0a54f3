import { resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { AppError, exitCodes } from "../errors.ts";
import { bytes, visible } from "../terminal/text.ts";
import { findProject } from "../workflows/projects/find-project.ts";
import { exportPage, startOf } from "../workflows/viewing/export-page.ts";
import { fillMeanwhile } from "../workflows/search/fill-meanwhile.ts";
import { openBrowser } from "../workflows/viewing/open-browser.ts";
import { openSource } from "../workflows/viewing/open-source.ts";
import { startViewer } from "../workflows/viewing/start-viewer.ts";

export default defineCommand({
  summary: "Look at files, conversations and commits in the browser",
  details:
    "Serves pages on this machine alone, until Ctrl-C. The address that it prints opens them once, in one browser. Nothing is changed and nothing leaves this machine. With `--export` it writes one page instead, which needs neither this program nor a network; it holds a file's text or a conversation, so look at it before you pass it on.",
  args: {
    what: {
      type: "positional",
      required: false,
      description: "open at this file or conversation",
      completes: "file",
    },
    port: { type: "string", valueHint: "N", description: "port; by default a free one" },
    open: {
      type: "boolean",
      default: true,
      description: "open the browser",
      negativeDescription: "print the address only",
    },
    export: {
      type: "string",
      valueHint: "FILE",
      description: "write one page to this file and end",
      completes: "file",
    },
  },
  examples: [
    { does: "the pages of this repository", line: "agent-trace viewer" },
    {
      does: "a file with its blame, to pass on",
      line: "agent-trace viewer src/parser.ts --export parser.html",
    },
  ],
  handlesSignals: true,
  async run(context, args) {
    const { terminal, signal } = context;
    const project = findProject(context);
    const source = openSource(context, project);
    if (args.export !== undefined) {
      if (args.what === undefined) {
        throw new AppError("usage", "`--export` needs a file or a conversation to write", {
          hint: "name it, as in `agent-trace viewer src/parser.ts --export parser.html`",
        });
      }
      const file = resolve(context.cwd, args.export);
      const size = await exportPage(source, args.what, file);
      terminal.print(`wrote ${visible(args.export)} (${bytes(size)})`);
      terminal.answer("viewer", { file, bytes: size });
      return exitCodes.ok;
    }
    const port = parsePort(args.port);
    const viewer = await startViewer(context, source, { port, start: startOf(args.what) });
    try {
      terminal.print(`Open ${viewer.url}`);
      terminal.answer("viewer", { url: viewer.url });
      if (args.open !== false && terminal.stdout.isTerminal && !terminal.json)
        openBrowser(context, viewer.url);
      if (terminal.stdout.isTerminal) terminal.note("Ctrl-C ends it.");
      if (!signal.aborted) {
        await fillMeanwhile(
          project.paths,
          () => new Promise((done) => signal.addEventListener("abort", done, { once: true })),
        );
      }
    } finally {
      await viewer.stop();
    }
    return exitCodes.ok;
  },
});

function parsePort(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new AppError("usage", `\`--port\` takes a number up to 65535, not \`${text}\``);
}
